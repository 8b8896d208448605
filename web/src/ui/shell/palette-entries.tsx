import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  IconLanguage,
  IconMoon,
  IconSun,
  IconTableImport,
  IconUser,
  IconUserPlus,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listDriversOptions } from '@/api/@tanstack/react-query.gen';
import { may, useMe } from '@/core/auth/me';
import { setLocale } from '@/i18n';
import { useLocale, useT } from '@/i18n/react';
import { navFor } from './nav';

/** Something the palette leads to or does. */
export interface Entry {
  id: string;
  label: string;
  hint?: string;
  icon: ReactNode;
  run: () => unknown;
}

const icon = { size: 20, stroke: 1.7, 'aria-hidden': true } as const;

export function usePages(): Entry[] {
  const t = useT();
  const navigate = useNavigate();
  return navFor(useMe()).map(({ to, label, icon: Icon }) => ({
    id: to,
    label: t(label),
    icon: <Icon {...icon} />,
    run: () => navigate({ to }),
  }));
}

export function useActions(): Entry[] {
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
      icon: <IconUserPlus {...icon} />,
      run: () => navigate({ to: '/drivers', search: { add: true } }),
    },
    may(me, 'roster:import') && {
      id: 'import',
      label: t('palette.importRoster'),
      icon: <IconTableImport {...icon} />,
      run: () => navigate({ to: '/imports' }),
    },
    {
      id: 'scheme',
      label: t(dark ? 'palette.light' : 'palette.dark'),
      icon: dark ? <IconSun {...icon} /> : <IconMoon {...icon} />,
      run: () => {
        setColorScheme(dark ? 'light' : 'dark');
      },
    },
    {
      id: 'language',
      label: t(locale === 'en' ? 'palette.toSpanish' : 'palette.toEnglish'),
      icon: <IconLanguage {...icon} />,
      run: () => setLocale(locale === 'en' ? 'es' : 'en'),
    },
  ];
  return entries.filter((entry) => entry !== false);
}

/** Two letters are enough to ask the server; it searches names and employee ids. */
export function useDrivers(query: string): { entries: Entry[]; searching: boolean } {
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
      hint: `${driver.employee_id} – ${driver.terminal.name}`,
      icon: <IconUser {...icon} />,
      run: () => navigate({ to: '/drivers/$driverId', params: { driverId: driver.id } }),
    })),
  };
}
