import { lazyRouteComponent, type AsyncRouteComponent } from '@tanstack/react-router';
import { loadPageWords } from '@/i18n';

/** A page with its words: both are loaded when somebody first goes there, side by side. */
export function page<
  Module extends Record<Name, AsyncRouteComponent<unknown> | (() => unknown)>,
  Name extends string,
>(load: () => Promise<Module>, name: Name) {
  return lazyRouteComponent(async () => (await Promise.all([load(), loadPageWords()]))[0], name);
}
