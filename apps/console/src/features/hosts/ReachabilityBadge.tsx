import { Badge } from '@mantine/core';
import type { Reachability } from '../../api/generated/types.gen.ts';

const colours: Record<Reachability['state'], string> = { reachable: 'teal.9', unreachable: 'red.9', unknown: 'gray.7' };

export const ReachabilityBadge = ({ reachability }: { reachability: Reachability }) => (
  <Badge color={colours[reachability.state]} radius="sm">
    {reachability.state === 'unknown' ? 'not tried yet' : reachability.state}
  </Badge>
);
