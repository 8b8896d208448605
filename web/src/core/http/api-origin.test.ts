import { afterEach, describe, expect, it } from 'vitest';
import { apiCredentials, apiOrigin, apiUrl } from './api-origin';

afterEach(() => {
  delete window.dotCopilot;
});

describe('where the API is', () => {
  it('is here, when nobody says otherwise', () => {
    for (const told of [undefined, {}, { api: '' }]) {
      if (told) window.dotCopilot = told;
      expect(apiOrigin()).toBe('');
      expect(apiUrl('/api/v1/me')).toBe('/api/v1/me');
      expect(apiCredentials()).toBe('same-origin');
    }
  });

  it('is where the deployment says, and the cookie goes along', () => {
    window.dotCopilot = { api: 'https://api.example.com/' };
    expect(apiUrl('/api/v1/me')).toBe('https://api.example.com/api/v1/me');
    expect(apiUrl('https://elsewhere.example/x')).toBe('https://elsewhere.example/x');
    expect(apiCredentials()).toBe('include');
  });
});
