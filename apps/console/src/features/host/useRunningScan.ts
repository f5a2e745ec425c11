import { useQuery } from '@tanstack/react-query';
import { listHostScansOptions } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Scan } from '../../api/generated/types.gen.ts';

const pollMs = 5_000;

export const isRunning = ({ state }: Pick<Scan, 'state'>): boolean => state === 'queued' || state === 'running';

/** The scan of a host that is under way, whoever started it. */
export const useRunningScan = (hostId: string): Scan | undefined => {
  const { data } = useQuery({
    ...listHostScansOptions({ path: { hostId }, query: { limit: 1 } }),
    refetchInterval: pollMs,
  });
  const [latest] = data?.items ?? [];
  return latest !== undefined && isRunning(latest) ? latest : undefined;
};
