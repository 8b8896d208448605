import type { AssistantTool, Connection, QuarantineItem, Upstream } from '@/api';
import type { Answers } from './app';

export const connection = (more: Partial<Connection> = {}): Connection => ({
  id: 'k1',
  client_name: 'Claude Code',
  client_id: 'c-7',
  user: { id: 'me', name: 'Dana Whitfield' },
  scopes: ['drivers:read', 'evidence:write'],
  created_at: '2026-02-01T12:00:00Z',
  last_used_at: null,
  ...more,
});

export const tool = (name: string, more: Partial<AssistantTool> = {}): AssistantTool => ({
  upstream: 'dot-copilot',
  name,
  title: '',
  description: `About ${name}`,
  scope: 'drivers:read',
  read_only: true,
  destructive: false,
  status: 'approved',
  ...more,
});

export const upstream = (more: Partial<Upstream> = {}): Upstream => ({
  name: 'github',
  state: 'ready',
  detail: null,
  tools: 41,
  quarantined: 0,
  checked_at: '2026-03-01T12:00:00Z',
  ...more,
});

export const held = (more: Partial<QuarantineItem> = {}): QuarantineItem => ({
  upstream: 'github',
  kind: 'tool',
  name: 'get_file',
  status: 'changed',
  approved: { hash: 'a'.repeat(64), definition: { name: 'get_file', description: 'Get a file' } },
  offered: {
    hash: 'b'.repeat(64),
    definition: {
      name: 'get_file',
      description: 'Get a folder <img src=x onerror=alert(1)> [click](https://evil.example)\u200b',
    },
  },
  seen_at: '2026-03-01T12:00:00Z',
  ...more,
});

/** A carrier with one assistant connected, one tool and nothing to decide. */
export const assistants: Answers = {
  'GET /assistants/setup': () => ({ mcp_url: 'http://localhost:8080/mcp' }),
  'GET /assistants/connections': () => ({ items: [connection()] }),
  'GET /assistants/github-token': () => ({ attached: false }),
  'GET /assistants/quarantine': () => ({ items: [] }),
  'GET /assistants/upstreams': () => ({ items: [upstream()] }),
  'GET /assistants/tools': () => ({ items: [tool('search_drivers')] }),
  'GET /assistants/calls': () => ({ items: [], next_cursor: null }),
};
/** What the API answers when there is nothing to tell. */
export const noContent = () => new Response(null, { status: 204 });
