import { ActionIcon, Modal, Table } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTable } from '@tabler/icons-react';
import type { Chart } from '@/api';
import { lookUp } from '@/i18n';
import { useT } from '@/i18n/react';
import { clock, inUnit } from '../units';

interface ChartTableProps {
  chart: Chart;
  times: number[];
  title: string;
}

/** The values of a chart as a table, the newest first, for who reads rather than sees. */
export function ChartTable({ chart, times, title }: ChartTableProps) {
  const t = useT();
  const [opened, open] = useDisclosure(false);
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={28}
        aria-label={t('operations.asTable', { chart: title })}
        onClick={open.open}
      >
        <IconTable size={16} stroke={1.7} />
      </ActionIcon>
      <Modal
        opened={opened}
        onClose={open.close}
        title={title}
        size="lg"
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        {opened && (
          <Table stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('operations.time')}</Table.Th>
                {chart.lines.map((line) => (
                  <Table.Th key={line.name} scope="col" ta="right">
                    {lookUp(`operations.line.${line.name}`) ?? line.name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {times
                .map((time, index) => (
                  <Table.Tr key={time}>
                    <Table.Th scope="row">{clock(new Date(time * 1000))}</Table.Th>
                    {chart.lines.map((line) => {
                      const value = line.values[index] ?? null;
                      return (
                        <Table.Td key={line.name} ta="right">
                          {value === null ? '–' : inUnit(chart.unit, value)}
                        </Table.Td>
                      );
                    })}
                  </Table.Tr>
                ))
                .reverse()}
            </Table.Tbody>
          </Table>
        )}
      </Modal>
    </>
  );
}
