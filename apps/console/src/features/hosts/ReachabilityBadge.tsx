import type { Reachability } from '../../api/generated/types.gen.ts';
import { StateBadge } from '../../shared/StateBadge.tsx';

const tones = { reachable: 'good', unreachable: 'bad', unknown: 'neutral' } as const;

export const ReachabilityBadge = ({ reachability }: { reachability: Reachability }) => (
  <StateBadge tone={tones[reachability.state]}>
    {reachability.state === 'unknown' ? 'not tried yet' : reachability.state}
  </StateBadge>
);
