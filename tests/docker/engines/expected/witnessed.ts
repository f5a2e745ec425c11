import { plain } from './plain.ts';
import type { ExpectedResults } from './row.ts';

/** The same engine with an authorization plugin. */
export const witnessed: ExpectedResults = {
  ...plain,
  'api-authorization-plugin': 'pass daemon',
  // A plugin of the old kind, a program behind a socket, is in no list of the engine: that it runs is not seen.
  'authorization-plugin-sound': 'unknown daemon',
};
