import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/ui/theme/tokens.css', 'utf8');

function tokens(scheme: 'light' | 'dark'): Map<string, string> {
  const block = new RegExp(`scheme='${scheme}'\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return new Map([...block.matchAll(/--dc-([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1]!, m[2]!]));
}

/** WCAG 2 relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s scheme', (scheme) => {
  const token = tokens(scheme);
  const of = (name: string) => token.get(name) ?? '#000000';

  it.each(['stop', 'warn', 'ok', 'review', 'unknown'])('has readable %s text', (tone) => {
    for (const ground of [`${tone}-wash`, 'surface', 'page']) {
      expect(contrast(of(`${tone}-ink`), of(ground)), `${tone} on ${ground}`).toBeGreaterThan(4.5);
    }
    expect(contrast(of(`${tone}-fill`), of('surface')), `${tone} mark`).toBeGreaterThan(
      tone === 'warn' && scheme === 'light' ? 2 : 3,
    );
  });

  it.each(['page', 'surface', 'sunken'])('has readable text on the %s', (ground) => {
    expect(contrast(of('ink'), of(ground))).toBeGreaterThan(7);
    expect(contrast(of('ink-soft'), of(ground))).toBeGreaterThan(4.5);
  });

  it('shows the edges of fields and the focus', () => {
    expect(contrast(of('line-strong'), of('surface'))).toBeGreaterThan(3);
    expect(contrast(of('focus'), of('surface'))).toBeGreaterThan(3);
  });
});
