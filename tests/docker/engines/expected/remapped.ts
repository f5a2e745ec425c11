import { plain } from './plain.ts';
import type { ExpectedResults } from './row.ts';

/** Engine 20.10 with `--userns-remap default`. */
export const remapped: ExpectedResults = {
  ...plain,
  'userns-remap': 'pass daemon',
  // The daemon refuses host namespaces and --privileged unless a container opts out: both did.
  'container-host-user-namespace': 'pass good open | fail host privileged',
  // Root in the container is a user of high number on the host, but for the one that opted out.
  'root-processes': 'fail host | not-applicable good open privileged',
};
