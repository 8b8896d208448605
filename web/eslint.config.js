import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// What a reader sees comes from src/i18n, in every language: no words in JSX.
const spoken =
  '/^(label|title|placeholder|description|alt|error|aria-label|aria-description|aria-roledescription|nothingFound)$/';
const noLiterals = [
  {
    selector: 'JSXText[value=/\\p{L}{2,}/u]',
    message: 'Words on the page come from src/i18n (t("...")), never from JSX.',
  },
  {
    selector: `JSXAttribute[name.name=${spoken}] > Literal[value=/\\p{L}{2,}/u]`,
    message: 'Words a reader sees or hears come from src/i18n (t("...")).',
  },
  {
    selector: 'JSXExpressionContainer > Literal[value=/\\p{L}{2,} /u]',
    message: 'Words on the page come from src/i18n (t("...")).',
  },
  {
    selector: 'MemberExpression[object.name="Date"][property.name="parse"]',
    message: 'Plain dates go through core/dates.ts: Date shifts them by the time zone.',
  },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'src/api', 'node_modules'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, jsxA11y.flatConfigs.strict],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // TanStack Router redirects and loaders throw plain objects by design.
      '@typescript-eslint/only-throw-error': 'off',
      'jsx-a11y/no-autofocus': 'off',
      'max-lines': ['error', 300],
      'no-restricted-syntax': ['error', ...noLiterals],
    },
  },
  {
    files: ['**/*.test.{ts,tsx}', 'tests/**'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  { files: ['public/**'], languageOptions: { globals: globals.browser } },
  prettier,
);
