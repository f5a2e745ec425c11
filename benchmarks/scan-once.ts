import { catalogue, judge } from '@plimsoll/checks';
import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import { collectSnapshot } from '@plimsoll/snapshot/collector';
import type { MeasuredHost } from './measured-host.ts';

/** A whole scan as worker and command line do it: connect, collect, judge. @returns how many results it gave */
export const scanOnce = async ({ url, tls }: MeasuredHost, options: { endpointProbe: boolean }): Promise<number> => {
  const client = await EngineClient.connect({ address: parseEngineAddress(url), tls, policy: selfHostedHostPolicy });
  try {
    const snapshot = await collectSnapshot(client, { processLists: true, now: new Date(), ...options });
    return judge(snapshot, catalogue).length;
  } finally {
    await client.close();
  }
};
