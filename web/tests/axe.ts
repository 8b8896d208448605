import axe from 'axe-core';
import { expect } from 'vitest';

/** What axe finds in the document; what depends on styles (colours, hidden twins) is checked in a real browser. */
export async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document.body, {
    rules: Object.fromEntries(
      ['color-contrast', 'region', 'landmark-unique'].map((rule) => [rule, { enabled: false }]),
    ),
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
}
