// Which story the made-up platform tells, and what both of its halves need.
export const scene = process.env.SCENE ?? 'well';
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
export const source = (name, state = 'ok', detail = null) => ({ name, state, detail });
