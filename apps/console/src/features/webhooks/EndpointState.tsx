import type { WebhookEndpoint } from '../../api/generated/types.gen.ts';
import { StateBadge } from '../../shared/StateBadge.tsx';

export const EndpointState = ({ endpoint }: { endpoint: WebhookEndpoint }) => {
  if (!endpoint.enabled) return <StateBadge tone="neutral">off</StateBadge>;
  return endpoint.failingSince === null ? (
    <StateBadge tone="good">on</StateBadge>
  ) : (
    <StateBadge tone="warning">failing</StateBadge>
  );
};
