import { Button, Switch, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconDeviceMobileDown } from '@tabler/icons-react';
import { useState } from 'react';
import { isLargeType, setLargeType } from '@/app/type-size';
import { useT } from '@/i18n/react';
import { Panel } from '@/ui/layout/Page';
import classes from './driver-home.module.css';
import { useInstall } from './use-install';

/** How it reads in a cab: larger letters, night, and a place on the home screen. */
export function Comfort() {
  const t = useT();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const [large, setLarge] = useState(isLargeType);
  const install = useInstall();
  return (
    <Panel title={t('comfort.title')}>
      <div className={classes.comfort}>
        <Switch
          size="md"
          label={t('comfort.large')}
          checked={large}
          onChange={({ currentTarget }) => {
            setLargeType(currentTarget.checked);
            setLarge(currentTarget.checked);
          }}
        />
        <Switch
          size="md"
          label={t('comfort.night')}
          checked={scheme === 'dark'}
          onChange={({ currentTarget }) => {
            setColorScheme(currentTarget.checked ? 'dark' : 'light');
          }}
        />
        {install && (
          <Button
            variant="default"
            leftSection={<IconDeviceMobileDown size={20} stroke={1.7} aria-hidden />}
            onClick={install}
          >
            {t('comfort.install')}
          </Button>
        )}
      </div>
    </Panel>
  );
}
