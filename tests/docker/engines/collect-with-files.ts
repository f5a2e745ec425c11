import { EngineClient } from '@plimsoll/docker-engine';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { collectSnapshot } from '@plimsoll/snapshot/collector';
import { targetOf } from '../scan.ts';
import type { World } from './world.ts';

/** One scan with host files on, and without what would only take time beside them. */
export const collectWithFiles = async (world: World): Promise<HostSnapshot> => {
  const client = await EngineClient.connect(targetOf(world), { tier: 2 });
  const hostFiles = { read: true, owner: 'test:engines' };
  try {
    return await collectSnapshot(client, { processLists: false, endpointProbe: false, now: new Date(), hostFiles });
  } finally {
    await client.close();
  }
};
