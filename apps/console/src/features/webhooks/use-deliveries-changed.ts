import { useQueryClient } from '@tanstack/react-query';
import { listWebhookDeliveriesQueryKey } from '../../api/generated/@tanstack/react-query.gen.ts';

/** To be called when something was sent: the list looks again. */
export const useDeliveriesChanged = (endpointId: string): (() => Promise<void>) => {
  const queryClient = useQueryClient();
  const [{ _id }] = listWebhookDeliveriesQueryKey({ path: { endpointId } });
  return () => queryClient.invalidateQueries({ queryKey: [{ _id }] });
};
