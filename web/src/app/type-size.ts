/** Larger letters on this device; public/scheme.js sets the attribute before the first paint. */
const KEY = 'dot-type';
const ATTRIBUTE = 'data-type';

export const isLargeType = (): boolean =>
  document.documentElement.getAttribute(ATTRIBUTE) === 'large';

export function setLargeType(large: boolean): void {
  if (large) document.documentElement.setAttribute(ATTRIBUTE, 'large');
  else document.documentElement.removeAttribute(ATTRIBUTE);
  try {
    if (large) localStorage.setItem(KEY, 'large');
    else localStorage.removeItem(KEY);
  } catch {
    // Storage may be forbidden: it holds until the page is left.
  }
}
