import { Combobox, Modal, TextInput, useCombobox } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useT } from '@/i18n/react';
import classes from './palette.module.css';
import { closePalette } from './PaletteHost';
import { useActions, useDrivers, usePages, type Entry } from './palette-entries';

/** Ctrl/Cmd-K: drivers by name, pages and actions in one list; arrows choose, Enter goes. */
export default function Palette({ opened }: { opened: boolean }) {
  const t = useT();
  return (
    <Modal
      opened={opened}
      onClose={closePalette}
      withCloseButton={false}
      centered={false}
      size="lg"
      padding={0}
      yOffset="12dvh"
      attributes={{ content: { 'aria-label': t('nav.findHint') } }}
    >
      <Choices />
    </Modal>
  );
}

/** Mounted anew at each opening, so it always starts empty. */
function Choices() {
  const t = useT();
  const [query, setQuery] = useState('');
  const list = useCombobox({ opened: true });
  const groups = useGroups(query);
  const shown = groups.entries.map((entry) => entry.id).join();
  const { selectFirstOption } = list;

  // The best match is ready for Enter whenever the list changes.
  useEffect(() => {
    selectFirstOption();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the store is made anew at each render
  }, [shown]);

  const run = (id: string) => {
    closePalette();
    void groups.entries.find((entry) => entry.id === id)?.run();
  };
  return (
    <Combobox store={list} onOptionSubmit={run}>
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          variant="unstyled"
          className={classes.search}
          aria-label={t('palette.placeholder')}
          placeholder={t('palette.placeholder')}
          leftSection={<IconSearch size={20} stroke={1.7} aria-hidden />}
          value={query}
          onChange={({ currentTarget }) => {
            setQuery(currentTarget.value);
          }}
        />
      </Combobox.EventsTarget>
      <Combobox.Options className={classes.list} aria-label={t('nav.findHint')}>
        {groups.shown.map((group) => (
          <Combobox.Group key={group.label} label={group.label}>
            {group.entries.map((entry) => (
              <Combobox.Option key={entry.id} value={entry.id} className={classes.option}>
                {entry.icon}
                <span>
                  {entry.label}
                  {entry.hint !== undefined && <span className={classes.hint}>{entry.hint}</span>}
                </span>
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ))}
        {groups.entries.length === 0 && (
          <Combobox.Empty>
            {groups.searching ? t('palette.searching') : t('palette.nothing', { query })}
          </Combobox.Empty>
        )}
      </Combobox.Options>
    </Combobox>
  );
}

function useGroups(query: string) {
  const t = useT();
  const pages = usePages();
  const actions = useActions();
  const { entries: drivers, searching } = useDrivers(query);
  const wanted = query.trim().toLowerCase();
  const fits = (entry: Entry) => entry.label.toLowerCase().includes(wanted);
  const shown = [
    { label: t('palette.drivers'), entries: drivers },
    { label: t('palette.pages'), entries: pages.filter(fits) },
    { label: t('palette.actions'), entries: actions.filter(fits) },
  ].filter((group) => group.entries.length > 0);
  return { shown, searching, entries: shown.flatMap((group) => group.entries) };
}
