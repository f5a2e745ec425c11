import { plain } from './plain.ts';
import type { ExpectedResults } from './row.ts';

/** Engine 26.1 of Debian 13. From 24.0 on /info tells whether new privileges are refused by default. */
export const newer: ExpectedResults = {
  ...plain,
  'container-no-new-privileges': 'pass good | fail open host privileged',
  'daemon-no-new-privileges': 'fail daemon',
};

/** Engine 28.5 of Debian unstable: it keeps neighbours out by itself, unless daemon.json says otherwise. */
export const newest: ExpectedResults = {
  ...newer,
  'network-direct-routing': 'pass app bridge | unknown daemon | not-applicable host none',
};
