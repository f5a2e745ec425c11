import { z } from 'zod';
import { EngineNetwork, EngineVolume } from '../schema/network.ts';
import { list } from '../schema/lenient.ts';
import type { Part } from '../schema/part.ts';
import { bounded, type Notes } from './note.ts';
import { isVanished, type SnapshotReader } from './reader.ts';

const NetworkList = z.array(EngineNetwork);
const VolumeList = z.object({ Volumes: list(EngineVolume) });

/** All networks; who is attached is told only by the single network's answer. */
export const collectNetworks = async (reader: SnapshotReader, notes: Notes): Promise<Part<EngineNetwork[]>> => {
  const networks = await reader.ask('networkList', {}, {}, (answer) => NetworkList.parse(answer));
  if ('missing' in networks) return networks;
  const entries = await Promise.all(
    bounded(networks.value, 'networks', notes).map(async (listed) => {
      if (listed.Id === undefined) return listed;
      const answer = await reader.ask('networkInspect', { id: listed.Id }, {}, (one) => EngineNetwork.parse(one));
      if (isVanished(answer)) {
        notes.vanished('networks', listed.Name ?? listed.Id);
        return undefined;
      }
      // `Containers` stays unseen where the single answer failed.
      return 'value' in answer ? answer.value : { ...listed, Containers: undefined };
    }),
  );
  return { value: entries.filter((entry) => entry !== undefined) };
};

export const collectVolumes = async (reader: SnapshotReader, notes: Notes): Promise<Part<EngineVolume[]>> => {
  const volumes = await reader.ask('volumeList', {}, {}, (answer) => VolumeList.parse(answer).Volumes ?? []);
  return 'missing' in volumes ? volumes : { value: [...bounded(volumes.value, 'volumes', notes)] };
};
