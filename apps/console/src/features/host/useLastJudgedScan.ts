import { useQuery } from '@tanstack/react-query';
import { listHostScansOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Host, Scan } from '../../api/generated/types.gen.ts';

/** How far back to look: after that many failures in a row there are worse things to tell. */
const scansLookedAt = 50;

/** The scan whose results the host still stands by: the last one that judged anything, not one that failed after it. */
export const useLastJudgedScan = ({ id: hostId, lastScanId }: Pick<Host, 'id' | 'lastScanId'>): Scan | undefined => {
  const { data } = useQuery({
    ...listHostScansOptions({ path: { hostId }, query: { limit: scansLookedAt } }),
    enabled: lastScanId !== null,
  });
  return data?.items.find(({ state }) => state === 'succeeded' || state === 'partial');
};
