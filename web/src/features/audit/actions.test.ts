import { expect, it } from 'vitest';
import { actionWords, subjectWords, viaWords } from './actions';

it('names what an assistant did, and which one', () => {
  expect(actionWords('assistant.call')).toBe('had an assistant use a tool');
  expect(subjectWords('tool')).toBe('Tools of assistants');
  expect(viaWords('mcp:Claude Code')).toBe('by way of the assistant Claude Code');
  expect(viaWords('web')).toBe('by way of web');
});

it('shows an action nobody wrote words for by its name', () => {
  expect(actionWords('assistant.sang_a_song')).toBe('assistant: sang a song');
});
