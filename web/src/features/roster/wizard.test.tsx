import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { RosterColumn, RosterImport } from '@/api';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { expectAccessible } from '../../../tests/axe';

const column = (name: string, field: string | null, more: Partial<RosterColumn> = {}) => ({
  column: name,
  field,
  samples: [`${name} 1`],
  guessed: true,
  confidence: 1,
  note: null,
  ...more,
});
const field = (name: string, label: string, required = false) => ({
  field: name,
  label,
  required,
  group: 'driver' as const,
});
const preview: RosterImport = {
  id: 'i1',
  state: 'preview',
  dry_run: true,
  file_name: 'fleet.csv',
  size: 4200,
  total: 61,
  imported: 0,
  updated: 0,
  skipped: 2,
  errors: [],
  error_count: 2,
  mapping: [
    column('Emp #', 'employee_id'),
    column('Name', 'full_name'),
    column('SSN', null, { samples: [], note: 'Looks private: it is not read.' }),
    column('Other id', null),
  ],
  fields: [
    field('employee_id', 'Employee id', true),
    field('first_name', 'First name', true),
    field('last_name', 'Last name', true),
    field('full_name', 'Full name'),
    field('phone', 'Phone'),
  ],
  progress: 1,
  notes: [],
  problem: null,
  created_by: null,
  created_at: '2026-03-01T12:00:00Z',
  started_at: null,
  finished_at: '2026-03-01T12:00:01Z',
};
const errors = {
  items: [
    { row: 4, column: 'DOB', value: '5/6/84', problem: 'The year has two digits.' },
    { row: 9, column: null, value: null, problem: 'Row 8 has the same employee id.' },
  ],
  next_cursor: null,
};

function answers(job: () => RosterImport, more: Answers = {}): Answers {
  return signedIn({
    'GET /roster-imports/i1': job,
    'GET /roster-imports/i1/errors': () => errors,
    'GET /roster-imports': () => ({ items: [], next_cursor: null }),
    ...more,
  });
}

describe('the import wizard', () => {
  it('shows what the columns are taken for, and why one is left out', async () => {
    renderApp(
      '/imports/i1',
      answers(() => preview),
    );
    const id = await screen.findByRole('combobox', { name: 'Emp #' });
    expect((id as HTMLInputElement).value).toBe('Employee id');
    expect(screen.getByText('Looks private: it is not read.')).toBeTruthy();
    expect(screen.getByText('Everything required has a column')).toBeTruthy();
    expect(screen.getByText('Columns').closest('li')?.getAttribute('aria-current')).toBe('step');
    await expectAccessible();
  });

  it('sends a corrected column and reads the rows again', async () => {
    let job = preview;
    const { calls, address } = renderApp(
      '/imports/i1',
      answers(() => job, {
        'PUT /roster-imports/i1/mapping': () => {
          job = { ...preview, state: 'reading', progress: 0.4 };
          return job;
        },
      }),
    );
    await userEvent.click(await screen.findByRole('combobox', { name: 'Other id' }));
    await userEvent.click(await screen.findByRole('option', { name: 'Employee id (now: Emp #)' }));
    expect(screen.getByText(/Its field went to “Other id”/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Read the rows again' }));
    expect(await screen.findByRole('heading', { name: 'Reading the rows' })).toBeTruthy();
    expect(calls.find((call) => call.method === 'PUT')?.body).toEqual({
      mapping: { 'Other id': 'employee_id' },
    });
    expect(address()).toBe('/imports/i1?step=rows');
    job = preview;
    expect(await screen.findByText('can be imported')).toBeTruthy();
  });

  it('does not go on without a required column', async () => {
    renderApp(
      '/imports/i1',
      answers(() => preview),
    );
    await userEvent.click(await screen.findByRole('combobox', { name: 'Name' }));
    await userEvent.click(await screen.findByRole('option', { name: 'Leave out' }));
    expect(screen.getByText('Still needed: First name, Last name')).toBeTruthy();
    const next = screen.getByRole<HTMLButtonElement>('button', { name: 'Read the rows again' });
    expect(next.disabled).toBe(true);
  });

  it('lists what is wrong row by row, and finds in it', async () => {
    renderApp(
      '/imports/i1?step=rows',
      answers(() => preview),
    );
    expect(await screen.findByText('The year has two digits.')).toBeTruthy();
    expect(screen.getByText('Whole row')).toBeTruthy();
    await expectAccessible();
    await userEvent.type(screen.getByLabelText('Find in values and problems'), 'same');
    expect(screen.queryByText('The year has two digits.')).toBeNull();
    expect(screen.getByText('1 shown of 2 loaded, 2 errors in all')).toBeTruthy();
  });

  it('confirms, follows the job and ends with what changed', async () => {
    let job: RosterImport = preview;
    renderApp(
      '/imports/i1?step=confirm',
      answers(() => job, {
        'POST /roster-imports/i1/confirm': () => {
          job = { ...preview, state: 'importing', dry_run: false, progress: 0.5, imported: 30 };
          return job;
        },
      }),
    );
    expect(await screen.findByText(/2 rows with errors are left out/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Import 59 drivers' }));
    const bar = await screen.findByRole('progressbar', { name: 'Importing the drivers' });
    expect(bar.getAttribute('aria-valuenow')).toBe('50');
    await expectAccessible();
    job = { ...job, state: 'done', progress: 1, imported: 59, updated: 9 };
    const title = { name: '59 drivers imported' };
    const heading = await screen.findByRole('heading', title, { timeout: 4000 });
    const result = within(heading.closest('section')!);
    expect(result.getByText('new').parentElement?.textContent).toContain('50');
    expect(result.getByRole('link', { name: 'See the drivers' }).getAttribute('href')).toBe(
      '/drivers',
    );
  });

  it('tells a failure in the server’s words, and that nothing was written', async () => {
    const failed = { ...preview, state: 'failed' as const, problem: 'The archive is too large.' };
    renderApp(
      '/imports/i1',
      answers(() => ({ ...failed, error_count: 0 })),
    );
    expect(await screen.findByText('The archive is too large.')).toBeTruthy();
    expect(screen.getByText('Nothing was written.')).toBeTruthy();
  });

  it('takes somebody who was overtaken to where the import stands', async () => {
    let job: RosterImport = preview;
    renderApp(
      '/imports/i1?step=confirm',
      answers(() => job, {
        'POST /roster-imports/i1/confirm': () => problem(409, 'roster-import-state'),
      }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Import 59 drivers' }));
    job = { ...preview, state: 'cancelled' };
    await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'The import was cancelled' })).toBeTruthy();
  });
});

describe('the list of imports', () => {
  it('teaches when it is empty', async () => {
    renderApp(
      '/imports',
      answers(() => preview),
    );
    expect(await screen.findByText('No imports yet')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Sample file' })).toBeTruthy();
    await expectAccessible();
  });

  it('refuses a file that is too large before sending it', async () => {
    const { calls } = renderApp(
      '/imports',
      answers(() => preview),
    );
    const input = await screen.findByLabelText(/Choose your roster/);
    const file = new File(['x'], 'fleet.csv', { type: 'text/csv' });
    Object.defineProperty(file, 'size', { value: 64 * 1024 * 1024 + 1 });
    await userEvent.upload(input, file);
    expect(await screen.findByText(/larger than 64 MB/)).toBeTruthy();
    expect(calls.some((call) => call.method === 'POST' && call.path === '/roster-imports')).toBe(
      false,
    );
  });
});
