import { EngineClient, type EngineTarget, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { type CollectOptions, collectSnapshot } from '@plimsoll/snapshot/collector';
import type { TestDockerd } from './dockerd.ts';

/** How a test reaches an engine by mutual TLS. */
export const targetOf = (engine: { url: string; tls: EngineTarget['tls'] }): EngineTarget => ({
  address: parseEngineAddress(engine.url),
  tls: engine.tls,
  policy: selfHostedHostPolicy,
});

/** One scan, connection included. */
export const scanOnce = async (target: EngineTarget, options: Partial<CollectOptions> = {}): Promise<HostSnapshot> => {
  const client = await EngineClient.connect(target, { tier: options.hostFiles === undefined ? 0 : 2 });
  try {
    return await collectSnapshot(client, { processLists: true, now: new Date(), ...options });
  } finally {
    await client.close();
  }
};

export interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
}

/** What the engine's own event stream tells of the time in which `work` ran. */
export const eventsDuring = async (dockerd: TestDockerd, work: () => Promise<unknown>): Promise<EngineEvent[]> => {
  const seconds = (): string => (Date.now() / 1000).toFixed(3);
  const since = seconds();
  await work();
  const printed = await dockerd.docker('events', '--since', since, '--until', seconds(), '--format', '{{json .}}');
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line): EngineEvent => JSON.parse(line));
};
