import { createHash } from 'node:crypto';
import type { EngineRecording } from './recording.ts';
import { type SimulatedHost, startSimulatedHost } from './simulated-host.ts';

const idOf = (seed: string): string => createHash('sha256').update(seed).digest('hex');
const textAt = (value: unknown, key: string): string => {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'string' ? found : '';
};
const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** A recording with exactly `count` containers, made of the recorded ones in turn, each with an id and name of its own. */
export const withContainers = (recording: EngineRecording, count: number, seed = 'fleet'): EngineRecording => {
  const { '/containers/json': list, ...others } = recording.answers;
  const originals: unknown[] = Array.isArray(list) ? list : [];
  const answers: Record<string, unknown> = Object.fromEntries(
    Object.entries(others).filter(([path]) => !path.startsWith('/containers/')),
  );
  const copies = Array.from({ length: originals.length === 0 ? 0 : count }, (_unused, index) => {
    const original = originals[index % originals.length];
    const id = idOf(`${seed} container ${index}`);
    const name = `${textAt(recording.answers[`/containers/${textAt(original, 'Id')}/json`], 'Name')}-${index}`;
    for (const part of ['json', 'stats', 'top']) {
      const answer = recording.answers[`/containers/${textAt(original, 'Id')}/${part}`];
      if (answer === undefined) continue;
      answers[`/containers/${id}/${part}`] = part === 'json' ? { ...fieldsOf(answer), Id: id, Name: name } : answer;
    }
    return { ...fieldsOf(original), Id: id, Names: [name] };
  });
  return { ...recording, answers: { ...answers, '/containers/json': copies } };
};

/** The same host many times over, each an engine of its own. Close them all by `close`. */
export const startFleet = async (
  recording: EngineRecording,
  { hosts, containers }: { hosts: number; containers: number },
): Promise<{ hosts: readonly SimulatedHost[]; close(): Promise<void> }> => {
  const started: SimulatedHost[] = [];
  for (let index = 0; index < hosts; index += 1) {
    const one = withContainers(recording, containers, `host ${index}`);
    const info = {
      ...fieldsOf(one.answers['/info']),
      ID: idOf(`engine ${index}`).slice(0, 36),
      Name: `fleet-${index}`,
    };
    started.push(await startSimulatedHost({ recording: { ...one, answers: { ...one.answers, '/info': info } } }));
  }
  return {
    hosts: started,
    close: async () => {
      await Promise.all(started.map((host) => host.close()));
    },
  };
};
