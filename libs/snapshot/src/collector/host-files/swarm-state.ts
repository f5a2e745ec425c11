import { z } from 'zod';
import type { EngineInfo } from '../../schema/engine.ts';
import type { HostFiles } from '../../schema/host-files.ts';
import type { HostView } from './host-view.ts';

const fileBytes = 64 * 1024;
/** Of what the daemon keeps there, the one field that a check asks for. @see moby/moby daemon/cluster (savePersistentState) */
const State = z.object({ ListenAddr: z.string() });

/** Where a node of a swarm listens; undefined where the engine is in none, or did not say whether it is. */
export const readSwarmState = async (
  view: HostView,
  info: EngineInfo | undefined,
): Promise<HostFiles['swarmState']> => {
  const folder = info?.DockerRootDir;
  const state = info?.Swarm?.LocalNodeState;
  if (folder?.startsWith('/') !== true || state === undefined || state === '' || state === 'inactive') return undefined;
  const path = `${folder}/swarm/docker-state.json`;
  const text = await view.text(path, fileBytes);
  if (text === 'absent') return { path, state: 'absent' };
  return text === undefined ? { path, state: 'unreadable' } : { path, ...swarmStateIn(text) };
};

export const swarmStateIn = (text: string): { state: 'read' | 'malformed'; listenAddress?: string } => {
  try {
    const read = State.safeParse(JSON.parse(text));
    return read.success ? { state: 'read', listenAddress: read.data.ListenAddr } : { state: 'malformed' };
  } catch {
    return { state: 'malformed' };
  }
};
