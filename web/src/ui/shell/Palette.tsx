import '@mantine/spotlight/styles.layer.css';
import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import {
  IconLanguage,
  IconMoon,
  IconSearch,
  IconSun,
  IconTableImport,
  IconUserPlus,
  IconUser,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { listDriversOptions } from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { setLocale } from '@/i18n';
import { useLocale, useT } from '@/i18n/react';
import { navFor } from './nav';
import { closePalette } from './PaletteHost';

const [store, spotlight] = createSpotlight();

interface Entry {
  id: string;
  label: string;
  hint?: string;
  icon: ReactNode;
  run: () => unknown;
}

/** Ctrl/Cmd-K: drivers by name, pages and actions in one list. */
export default function Palette({ opened }: { opened: boolean }) {
  const t = useT();
  const [query, setQuery] = useState('');
  const pages = usePages();
  const actions = useActions();
  const { entries: drivers, searching } = useDrivers(query);

  useEffect(() => {
    if (opened) spotlight.open();
    else spotlight.close();
  }, [opened]);

  const fits = (entry: Entry) => entry.label.toLowerCase().includes(query.trim().toLowerCase());
  const groups = [
    { label: t('palette.drivers'), entries: drivers },
    { label: t('palette.pages'), entries: pages.filter(fits) },
    { label: t('palette.actions'), entries: actions.filter(fits) },
  ].filter((group) => group.entries.length > 0);

  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={closePalette}
      scrollable
      maxHeight="60dvh"
      aria-label={t('nav.findHint')}
    >
      <Spotlight.Search
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        leftSection={<IconSearch size={20} stroke={1.7} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group.label} label={group.label}>
            {group.entries.map((entry) => (
              <Spotlight.Action
                key={entry.id}
                label={entry.label}
                description={entry.hint}
                leftSection={entry.icon}
                onClick={() => void entry.run()}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && (
          <Spotlight.Empty>
            {searching ? t('palette.searching') : t('palette.nothing', { query })}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function usePages(): Entry[] {
  const t = useT();
  const navigate = useNavigate();
  return navFor(useMe()).map(({ to, label, icon: Icon }) => ({
    id: to,
    label: t(label),
    icon: <Icon size={20} stroke={1.7} aria-hidden />,
    run: () => navigate({ to }),
  }));
}

function useActions(): Entry[] {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const locale = useLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme === 'dark';
  const entries: (Entry | false)[] = [
    may(me, 'drivers:write') && {
      id: 'add-driver',
      label: t('palette.addDriver'),
      icon: <IconUserPlus size={20} stroke={1.7} aria-hidden />,
      run: () => navigate({ to: '/drivers', search: { add: true } }),
    },
    may(me, 'roster:import') && {
      id: 'import',
      label: t('palette.importRoster'),
      icon: <IconTableImport size={20} stroke={1.7} aria-hidden />,
      run: () => navigate({ to: '/imports' }),
    },
    {
      id: 'scheme',
      label: t(dark ? 'palette.light' : 'palette.dark'),
      icon: dark ? (
        <IconSun size={20} stroke={1.7} aria-hidden />
      ) : (
        <IconMoon size={20} stroke={1.7} aria-hidden />
      ),
      run: () => {
        setColorScheme(dark ? 'light' : 'dark');
      },
    },
    {
      id: 'language',
      label: t(locale === 'en' ? 'palette.toSpanish' : 'palette.toEnglish'),
      icon: <IconLanguage size={20} stroke={1.7} aria-hidden />,
      run: () => setLocale(locale === 'en' ? 'es' : 'en'),
    },
  ];
  return entries.filter((entry) => entry !== false);
}

/** Two letters are enough to ask the server; it searches names and employee ids. */
function useDrivers(query: string): { entries: Entry[]; searching: boolean } {
  const me = useMe();
  const navigate = useNavigate();
  const [settled] = useDebouncedValue(query.trim(), 150);
  const enabled = settled.length >= 2 && may(me, 'drivers:read');
  const { data, isFetching } = useQuery({
    ...listDriversOptions({ query: { q: settled, limit: 6 } }),
    enabled,
    placeholderData: keepPreviousData,
  });
  const items = enabled ? (data?.items ?? []) : [];
  return {
    searching: isFetching || settled !== query.trim(),
    entries: items.map((driver) => ({
      id: driver.id,
      label: `${driver.first_name} ${driver.last_name}`,
      hint: `${driver.employee_id} · ${driver.terminal.name}`,
      icon: <IconUser size={20} stroke={1.7} aria-hidden />,
      run: () => navigate({ to: '/drivers/$driverId', params: { driverId: driver.id } }),
    })),
  };
}
