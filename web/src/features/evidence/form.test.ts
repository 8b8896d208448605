import { describe, expect, it } from 'vitest';
import { emptyForm, fileError, needsOutcome, payload, validate, type EvidenceForm } from './form';

const TODAY = '2026-03-01';
const good: EvidenceForm = { ...emptyForm('mec'), obtained_on: '2026-02-28' };
const check = (change: Partial<EvidenceForm>, outcomes: string[] = []) =>
  validate({ ...good, ...change }, { outcomes }, TODAY);
const file = (name: string, type: string, size = 10) => {
  const made = new File(['x'], name, { type });
  Object.defineProperty(made, 'size', { value: size });
  return made;
};

describe('the evidence form', () => {
  it('may be sent with a requirement and a day', () => {
    expect(check({})).toEqual({});
    expect(check({ obtained_on: TODAY, expires_on: TODAY })).toEqual({});
  });

  it.each([
    [{ requirement: '' }, 'requirement', 'evidence.error.requirement'],
    [{ obtained_on: '' }, 'obtained_on', 'evidence.error.obtained'],
    [{ obtained_on: '2026-02-30' }, 'obtained_on', 'evidence.error.obtained'],
    [{ obtained_on: '2026-03-02' }, 'obtained_on', 'evidence.error.future'],
    [{ obtained_on: '1899-12-31' }, 'obtained_on', 'evidence.error.past'],
    [{ expires_on: '2026-02-27' }, 'expires_on', 'evidence.error.inverted'],
    [{ expires_on: '2201-01-01' }, 'expires_on', 'evidence.error.expires'],
    [{ note: 'x'.repeat(2001) }, 'note', 'evidence.error.note'],
  ] as const)('refuses %o', (change, field, message) => {
    expect(check(change)).toEqual({ [field]: message });
  });

  it('asks for the result of a test, but not of a licence', () => {
    expect(needsOutcome(['clear', 'prohibited'])).toBe(true);
    expect(check({}, ['negative', 'positive'])).toEqual({ outcome: 'evidence.error.outcome' });
    expect(check({ outcome: 'negative' }, ['negative', 'positive'])).toEqual({});
    expect(check({}, ['clear', 'downgraded', 'suspended'])).toEqual({});
  });

  it('knows an empty file and its kind before anything is sent', () => {
    expect(fileError(file('card.pdf', 'application/pdf', 90_000_000))).toBeUndefined();
    expect(fileError(file('dash camera.MOV', '', 400_000_000))).toBeUndefined();
    expect(fileError(file('card.pdf', 'application/pdf', 0))).toBe('evidence.error.fileEmpty');
    expect(fileError(file('IMG_0001.HEIC', ''))).toBeUndefined();
    expect(fileError(file('image', 'image/jpeg'))).toBeUndefined();
    expect(fileError(file('setup.exe', 'application/x-msdownload'))).toBe(
      'evidence.error.fileKind',
    );
    expect(check({ file: file('a.docx', '') })).toEqual({ file: 'evidence.error.fileKind' });
  });

  it('sends only what was entered', () => {
    expect(payload({ ...good, note: '  ' })).toEqual({
      requirement: 'mec',
      obtained_on: '2026-02-28',
    });
    expect(payload({ ...good, outcome: 'clear', note: ' seen ' })).toEqual({
      requirement: 'mec',
      obtained_on: '2026-02-28',
      outcome: 'clear',
      note: 'seen',
    });
  });
});
