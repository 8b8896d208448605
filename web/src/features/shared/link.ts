/** The token of a share's link. What stands behind the # is never sent to a server, and is taken out of the address at once. */
export function linkToken(): string {
  const token = window.location.hash.slice(1);
  if (token !== '') window.history.replaceState(window.history.state, '', window.location.pathname);
  return token;
}
