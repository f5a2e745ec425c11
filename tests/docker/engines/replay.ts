import { type SimulatedFaults, startSimulatedHost } from '@plimsoll/engine-simulator';
import { recordEngine } from '@plimsoll/engine-simulator/record';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { scanOnce, targetOf } from '../scan.ts';
import { askSocket } from './ask-socket.ts';

const swarmLists = ['/nodes', '/services', '/tasks', '/secrets', '/configs'];

/**
 * Records an engine by its unix socket and scans what the simulator makes of the recording. What the engine refused it
 * refuses as well, with the same status and words. Podman is not asked for process lists.
 */
export const scanReplayOf = async (socket: string, { apiVersion, ping }: HostSnapshot): Promise<HostSnapshot> => {
  const refusals: NonNullable<SimulatedFaults['requests']>[number][] = [];
  const server = ('value' in ping ? ping.value.server : undefined) ?? '';
  const isPodman = server.startsWith('Libpod/');
  const read = async (path: string): Promise<unknown> => {
    if (isPodman && path.includes('/top')) return undefined;
    const { status, answer } = await askSocket(socket, `/v${apiVersion}${path}`);
    if (status === 200) return answer;
    const literal = path.replace(/\?.*$/u, '').replaceAll('.', String.raw`\.`); // ids, names and slashes
    const exactly = new RegExp(`^${literal}$`, 'u');
    refusals.push({ path: exactly, fault: { kind: 'status', status, message: messageOf(answer) } });
    return undefined;
  };
  const about = { origin: 'recorded a moment ago', apiVersion, minimumApiVersion: '1.24', server };
  const recording = await recordEngine(
    read,
    isPodman ? { ...about, headers: { 'Libpod-Api-Version': '4.3.1' } } : about,
    [],
  );
  for (const path of swarmLists) recording.answers[path] = await read(path);
  const host = await startSimulatedHost({ recording, faults: { requests: refusals } });
  try {
    return await scanOnce(targetOf(host));
  } finally {
    await host.close();
  }
};

const messageOf = (answer: unknown): string => {
  const message: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'message') : undefined;
  return typeof message === 'string' ? message : String(answer);
};
