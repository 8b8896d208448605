/** What to enter where, so that an assistant reaches us: made from the one address the server gives. */

export const CLIENTS = [
  'claude-code',
  'claude-desktop',
  'chatgpt',
  'vscode',
  'cursor',
  'inspector',
] as const;
export type Client = (typeof CLIENTS)[number];

/** Brand names are the same in every language. */
export const CLIENT_NAMES: Record<Client, string> = {
  'claude-code': 'Claude Code',
  'claude-desktop': 'Claude Desktop',
  chatgpt: 'ChatGPT',
  vscode: 'VS Code',
  cursor: 'Cursor',
  inspector: 'MCP Inspector',
};

export interface Snippet {
  /** The file the text belongs into; null for a command of the terminal. */
  file: string | null;
  text: string;
}

export interface Recipe {
  /** Null where the address itself is all there is to paste. */
  snippet: Snippet | null;
  /** The client runs with its vendor and comes over the internet: it can't reach a local address. */
  fromInternet: boolean;
}

const NAME = 'dot-copilot';
const json = (value: unknown) => JSON.stringify(value, null, 2);

/** A URL as one word of a POSIX shell: quoted as soon as it has anything but plain characters. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

const SNIPPETS: Record<Client, (url: string) => Snippet | null> = {
  'claude-code': (url) => ({
    file: null,
    text: `claude mcp add --transport http ${NAME} ${shellWord(url)}`,
  }),
  // Its configuration file knows programs only; mcp-remote is the program that knows addresses.
  'claude-desktop': (url) => ({
    file: 'claude_desktop_config.json',
    text: json({ mcpServers: { [NAME]: { command: 'npx', args: ['-y', 'mcp-remote', url] } } }),
  }),
  chatgpt: () => null,
  vscode: (url) => ({
    file: '.vscode/mcp.json',
    text: json({ servers: { [NAME]: { type: 'http', url } } }),
  }),
  cursor: (url) => ({
    file: '~/.cursor/mcp.json',
    text: json({ mcpServers: { [NAME]: { url } } }),
  }),
  inspector: (url) => ({
    file: null,
    text: `npx @modelcontextprotocol/inspector --web --transport http --server-url ${shellWord(url)}`,
  }),
};

export function recipeFor(client: Client, url: string): Recipe {
  return { snippet: SNIPPETS[client](url), fromInternet: client === 'chatgpt' };
}

/** True for an address only this computer or its network can reach. */
export function isLocal(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return (
    /^(localhost|.*\.localhost|.*\.local|\[::1\])$/.test(host) ||
    /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)
  );
}
