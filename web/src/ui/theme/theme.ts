import {
  createTheme,
  defaultVariantColorsResolver,
  virtualColor,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** Concrete to asphalt: the neutrals of the light scheme, lightest first. */
const asphalt: MantineColorsTuple = [
  '#f7f7f5',
  '#efefec',
  '#e2e2de',
  '#cfd0cc',
  '#a3a6a6',
  '#71767a',
  '#565c61',
  '#3c4247',
  '#262b30',
  '#16191d',
];

/** The dark scheme's own neutrals (Mantine reads text from 0, borders from 4, surfaces from 6 and 7). */
const night: MantineColorsTuple = [
  '#eceeed',
  '#c6cacb',
  '#a2a8ab',
  '#7b8287',
  '#3a4147',
  '#2d3338',
  '#22272b',
  '#15181b',
  '#101214',
  '#0a0b0d',
];

/** The amber of a warning sign. Too light for text on white: it is a fill under ink, never a text colour. */
const amber: MantineColorsTuple = [
  '#fff7e0',
  '#ffeec2',
  '#ffe196',
  '#ffd366',
  '#ffc63d',
  '#ffb81c',
  '#eba300',
  '#b97f00',
  '#855c00',
  '#5c4000',
];

const family = "'Overpass Variable', system-ui, -apple-system, 'Segoe UI', sans-serif";

/** The amber button looks the same in both schemes: the sign is the sign. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  if (input.color !== 'amber' || input.variant !== 'filled') return resolved;
  return {
    ...resolved,
    background: 'var(--dc-amber)',
    hover: 'var(--dc-amber-strong)',
    color: 'var(--dc-on-amber)',
    border: 'none',
  };
};

export const theme = createTheme({
  variantColorResolver,
  fontFamily: family,
  fontFamilyMonospace: family,
  // Five sizes: fine print, body, reading, heading, the one number.
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '1rem', lg: '1.375rem', xl: '3rem' },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.5', lg: '1.25', xl: '1' },
  headings: {
    fontFamily: family,
    fontWeight: '750',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.25' },
      h2: { fontSize: '1rem', lineHeight: '1.35' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2.5rem' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '10px', xl: '16px' },
  defaultRadius: 'sm',
  shadows: {
    md: '0 1px 2px rgb(22 25 29 / 8%), 0 8px 24px -8px rgb(22 25 29 / 24%)',
  },
  breakpoints: { xs: '30em', sm: '48em', md: '62em', lg: '75em', xl: '90em' },
  colors: {
    gray: asphalt,
    dark: night,
    asphalt,
    night,
    amber,
    // Controls are ink on paper and paper on ink; amber stays rare.
    ink: virtualColor({ name: 'ink', light: 'asphalt', dark: 'night' }),
  },
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 1 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  black: '#16191d',
  white: '#ffffff',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Plain objects, not Button.extend(...): that would load every part named here with the first page.
  components: {
    Button: { defaultProps: { size: 'sm', fw: 650 } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: {
      defaultProps: { size: 'sm', allowDeselect: false, comboboxProps: { shadow: 'md' } },
    },
    // The tick contrasts with the ink it stands on, in both schemes.
    Checkbox: {
      defaultProps: { size: 'sm', iconColor: 'var(--mantine-primary-color-contrast)' },
    },
    Switch: { defaultProps: { size: 'md' } },
    Paper: { defaultProps: { radius: 'lg' } },
    Modal: {
      defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.55 } },
      styles: { title: { fontSize: 'var(--mantine-font-size-md)', fontWeight: 750 } },
    },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end' } },
    Popover: { defaultProps: { shadow: 'md' } },
    Tooltip: { defaultProps: { openDelay: 250 } },
    Loader: { defaultProps: { type: 'dots' } },
  },
});

/** What Mantine's own parts use; the product's colours by meaning are in tokens.css. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#16191d',
    '--mantine-color-dimmed': '#565c61',
    '--mantine-color-placeholder': '#6b7175',
    '--mantine-color-default-border': '#85898a',
    '--mantine-color-anchor': '#16191d',
    '--mantine-color-error': '#a93200',
  },
  dark: {
    '--mantine-color-body': '#1d2125',
    '--mantine-color-text': '#eceeed',
    '--mantine-color-dimmed': '#a9afb2',
    '--mantine-color-placeholder': '#8d9498',
    '--mantine-color-default': '#1d2125',
    '--mantine-color-default-hover': '#2d3338',
    '--mantine-color-default-border': '#7b8287',
    '--mantine-color-anchor': '#eceeed',
    '--mantine-color-error': '#ff9a70',
  },
});
