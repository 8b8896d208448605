import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { TelematicsEvent, TelematicsFeed } from '@/api';
import { problem, renderApp, signedIn, type Answers } from '../../../tests/app';
import { noContent } from '../../../tests/assistants';
import { expectAccessible } from '../../../tests/axe';

const feed = (more: Partial<TelematicsFeed> = {}): TelematicsFeed => ({
  id: 'f1',
  provider: 'samsara',
  name: 'Main account',
  webhook_url: 'https://dot.example/api/v1/telematics/samsara/abc',
  created_at: '2026-03-01T12:00:00Z',
  secret_since: null,
  previous_secret_until: null,
  ...more,
});

const event = (id: string, more: Partial<TelematicsEvent> = {}): TelematicsEvent => ({
  provider: 'samsara',
  event_id: id,
  type: 'AlertIncident',
  feed_id: 'f1',
  at: '2026-03-01T12:00:00Z',
  received_at: '2026-03-01T12:00:01Z',
  expires_at: '2026-05-30T12:00:01Z',
  size: 1234,
  ...more,
});

function answers(more: Answers = {}): Answers {
  return signedIn({
    'GET /telematics/feeds': () => ({ items: [feed()] }),
    'GET /telematics/events': () => ({ items: [event('e1')], next_cursor: null }),
    'GET /telematics/events/samsara/e1': () => ({
      ...event('e1'),
      body: { note: '<img src=x onerror=alert(1)>' },
      sha256: null,
    }),
    ...more,
  });
}

describe('feeds', () => {
  it('say where the provider sends, and that nothing is taken without a secret', async () => {
    renderApp('/telematics', answers());
    const feeds = await screen.findByRole('region', { name: 'Feeds' });
    expect(await within(feeds).findByText('Waits for its secret')).toBeTruthy();
    expect(feeds.textContent).toContain('https://dot.example/api/v1/telematics/samsara/abc');
    expect(feeds.textContent).toContain('Until then everything that comes is refused');
    await expectAccessible();
  });

  it('are made by name, and their secret is sent once and kept nowhere', async () => {
    let items: TelematicsFeed[] = [];
    const { calls } = renderApp(
      '/telematics',
      answers({
        'GET /telematics/feeds': () => ({ items }),
        'POST /telematics/feeds': () => {
          items = [feed({ provider: 'motive', name: 'Trucks' })];
          return items[0];
        },
        'PUT /telematics/feeds/f1/secret': () => {
          items = [feed({ name: 'Trucks', secret_since: '2026-03-01T12:05:00Z' })];
          return items[0];
        },
      }),
    );
    expect(await screen.findByText('No account is connected')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Connect an account' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Connect' }));
    expect(dialog.getByText('Give it a name')).toBeTruthy();
    await userEvent.type(dialog.getByLabelText('Name'), 'Trucks');
    await userEvent.click(dialog.getByRole('button', { name: 'Connect' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Enter the secret' }));
    await userEvent.type(await screen.findByLabelText('Signing secret'), 's3cret-of-motive');
    const form = within(await screen.findByRole('dialog'));
    await userEvent.click(form.getByRole('button', { name: 'Enter the secret' }));
    expect(await screen.findByText('Receives')).toBeTruthy();
    const sent = calls.find((call) => call.method === 'PUT');
    expect(sent?.body).toEqual({ secret: 's3cret-of-motive', keep_previous_hours: 24 });
    expect(document.body.textContent).not.toContain('s3cret-of-motive');
  });

  it('say what is wrong with a secret, where it was entered', async () => {
    renderApp(
      '/telematics',
      answers({
        'PUT /telematics/feeds/f1/secret': () =>
          problem(422, 'unusable-secret', { detail: 'It is not base64. Nothing was saved.' }),
      }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Enter the secret' }));
    const field = await screen.findByLabelText('Signing secret');
    await userEvent.type(field, 'not good{Enter}');
    await screen.findByText(/Nothing was saved|can’t be/);
    expect(field.getAttribute('aria-invalid')).toBe('true');
  });

  it('end after a question only', async () => {
    let items = [feed({ secret_since: '2026-03-01T12:05:00Z' })];
    const { calls } = renderApp(
      '/telematics',
      answers({
        'GET /telematics/feeds': () => ({ items }),
        'DELETE /telematics/feeds/f1': () => {
          items = [];
          return noContent();
        },
      }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'End' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'End Main account?' }));
    expect(calls.some((call) => call.method === 'DELETE')).toBe(false);
    await userEvent.click(dialog.getByRole('button', { name: 'End' }));
    expect(await screen.findByText('No account is connected')).toBeTruthy();
  });
});

describe('events', () => {
  it('are opened word for word, as text and nothing else', async () => {
    renderApp('/telematics', answers());
    await userEvent.click(await screen.findByRole('button', { name: /AlertIncident/ }));
    const drawer = await screen.findByRole('dialog');
    expect(await within(drawer).findByText(/onerror=alert/)).toBeTruthy();
    expect(drawer.querySelector('img')).toBeNull();
    expect(drawer.textContent).toContain('e1');
    await expectAccessible();
  });

  it('of one provider are asked for, page by page', async () => {
    const { calls } = renderApp(
      '/telematics',
      answers({
        'GET /telematics/events': (request) =>
          request.url.includes('cursor=2')
            ? { items: [event('e0', { type: 'Ping' })], next_cursor: null }
            : { items: [event('e1')], next_cursor: '2' },
      }),
    );
    await screen.findByText('AlertIncident');
    await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
    expect(await screen.findByText('Ping')).toBeTruthy();
    await userEvent.click(screen.getByText('Motive'));
    await screen.findByText('AlertIncident');
    expect(calls.at(-1)?.query.get('provider')).toBe('motive');
  });
});
