import { type ContainerEntry, valueOf } from '@plimsoll/snapshot';
import { instantOf } from '../engine/instants.ts';

/** When a container ended, or was made where it was never started (FinishedAt is then Go's zero time). */
export const stoppedSince = ({ inspect }: ContainerEntry): number | undefined => {
  const seen = valueOf(inspect);
  const finished = seen?.State?.FinishedAt;
  return finished === undefined ? undefined : (instantOf(finished) ?? instantOf(seen?.Created));
};
