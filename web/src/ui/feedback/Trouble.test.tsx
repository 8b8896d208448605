import { render, screen } from '@testing-library/react';
import { MantineProvider } from '@mantine/core';
import { describe, expect, it } from 'vitest';
import { ApiError, OFFLINE } from '@/core/http/problem';
import { Trouble } from './Trouble';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const show = (status: number) =>
  render(
    <MantineProvider>
      <Trouble
        error={new ApiError({ ...OFFLINE, slug: 'x', status, detail: 'No.', traceId: TRACE })}
      />
    </MantineProvider>,
  );

const alert = () => screen.getByRole('alert').textContent;

describe('an error in place', () => {
  it('names the trace when nobody foresaw it', () => {
    show(500);
    expect(alert()).toContain(`Reference for support: ${TRACE}`);
  });

  it('does not when the reader can mend it', () => {
    show(422);
    expect(alert()).not.toContain(TRACE);
  });
});
