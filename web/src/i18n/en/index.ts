import { first } from './first';
import { pages } from './pages';

/** Every message by its key; the keys of a feature start with the feature's name. */
export const en = { ...first, ...pages };

export type Messages = typeof en;
