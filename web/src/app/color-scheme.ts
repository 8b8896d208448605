import { localStorageColorSchemeManager } from '@mantine/core';

/** The same key as public/scheme.js, which sets the scheme before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'dot-color-scheme' });
