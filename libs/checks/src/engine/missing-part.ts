import type { Missing, SnapshotPart } from '@plimsoll/snapshot';
import { type Judgement, unknown } from './verdict.ts';

/** Nothing is decided by a part of the snapshot that is missing: why it is, and what would bring it. */
export const partNotSeen = (part: SnapshotPart, { missing, detail }: Missing): Judgement =>
  unknown(
    missing === 'denied'
      ? `Not assessed: denied by the host (${part}: ${detail})`
      : `Not assessed: ${part} is missing (${missing}): ${detail}`,
    wouldTell(part, missing),
  );

const wouldTell = (part: SnapshotPart, missing: Missing['missing']): string => {
  if (part === 'hostFiles') return 'Switch on reading host files for this host';
  if (missing === 'denied') return `Let the gate or authorization plugin pass the requests for ${part}`;
  return `A scan that can read ${part}`;
};
