import { z } from 'zod';
import { processColumns } from '@plimsoll/docker-engine';
import {
  type ContainerEntry,
  type ContainerExec,
  ContainerInspect,
  type ContainerProcess,
  ContainerStats,
} from '../schema/container.ts';
import { lenient, text, textList, textMap } from '../schema/lenient.ts';
import type { Part } from '../schema/part.ts';
import { redactDeep } from '../redaction/redact-deep.ts';
import { environmentOf, type EnvironmentBook } from './environment-book.ts';
import { bounded, type Notes } from './note.ts';
import { parseProcesses } from './processes.ts';
import { isVanished, type SnapshotReader } from './reader.ts';

const ListedContainer = z.object({
  Id: z.string(),
  Names: textList,
  Image: text,
  ImageID: text,
  State: text,
  Labels: textMap,
});
type ListedContainer = z.infer<typeof ListedContainer>;
const ContainerList = z.array(ListedContainer);
const execsLimit = 20;

/** Which of a container's processes and counters this engine can be asked for. */
export interface EngineAbilities {
  /** Why process lists are not asked for; `undefined` where they are. */
  readonly noProcessLists: { missing: 'not-requested' | 'not-supported'; detail: string } | undefined;
  /** API 1.41: one sample with no wait for a second. */
  readonly oneShotStats: boolean;
}

/**
 * All containers with inspect; of those that run also a sample, processes and execs.
 * @param abilities known a moment later than the list can be asked for
 */
export const collectContainers = async (
  reader: SnapshotReader,
  abilities: Promise<EngineAbilities>,
  book: EnvironmentBook,
  notes: Notes,
): Promise<Part<ContainerEntry[]>> => {
  const list = await reader.ask('containerList', {}, { all: '1' }, (answer) => ContainerList.parse(answer));
  if ('missing' in list) return list;
  const entries = await Promise.all(
    bounded(list.value, 'containers', notes).map((listed) => collectContainer(reader, listed, abilities, book, notes)),
  );
  return { value: entries.filter((entry) => entry !== undefined) };
};

const nameOf = (listed: ListedContainer): string => {
  const names = listed.Names ?? [];
  // Links show as /other/alias beside the container's own name.
  const own = names.find((name) => name.lastIndexOf('/') === 0) ?? names[0];
  return own?.replace(/^\//u, '') ?? listed.Id.slice(0, 12);
};

const collectContainer = async (
  reader: SnapshotReader,
  listed: ListedContainer,
  abilities: Promise<EngineAbilities>,
  book: EnvironmentBook,
  notes: Notes,
): Promise<ContainerEntry | undefined> => {
  const path = { id: listed.Id };
  const name = nameOf(listed);
  const hasProcesses = listed.State === 'running' || listed.State === 'paused';
  const notRunning = {
    missing: 'not-supported',
    detail: `The container is ${listed.State ?? 'in no known state'}.`,
  } as const;
  const [inspect, stats, processes] = await Promise.all([
    reader.ask('containerInspect', path, {}, (answer) => {
      book.add(listed.Id, environmentOf(answer));
      return ContainerInspect.parse(answer);
    }),
    hasProcesses ? abilities.then((known) => askStats(reader, path, known)) : notRunning,
    hasProcesses ? abilities.then((known) => askProcesses(reader, path, known)) : notRunning,
  ]);
  if (isVanished(inspect)) {
    notes.vanished('containers', name);
    return undefined;
  }
  const execs = await askExecs(reader, inspect);
  const entry: ContainerEntry = {
    id: listed.Id,
    name,
    state: listed.State,
    image: listed.Image,
    imageId: listed.ImageID,
    labels: listed.Labels,
    inspect: withoutUnknownValues(inspect),
    stats,
    processes,
    execs,
    secretSightings: [],
  };
  const { value, sightings } = redactDeep(entry);
  return { ...value, secretSightings: sightings.map((one) => ({ ...one, where: withoutPartPrefix(one.where) })) };
};

/** `inspect.value.Config.Cmd` is `Config.Cmd` to those who know the API. */
const withoutPartPrefix = (where: string): string =>
  where.replace(/^(?:inspect\.value|processes\.value|execs\.value)\.?/u, '');

/** Maps whose values carry nothing (`{"80/tcp": {}}`), so that none is smuggled in by them. */
const withoutUnknownValues = (inspect: Part<ContainerInspect>): Part<ContainerInspect> => {
  const config = 'value' in inspect ? inspect.value.Config : undefined;
  if (config !== undefined) {
    if (config.ExposedPorts) config.ExposedPorts = keysOnly(config.ExposedPorts);
    if (config.Volumes) config.Volumes = keysOnly(config.Volumes);
  }
  return inspect;
};
export const keysOnly = (map: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.keys(map).map((key) => [key, {}]));

const askStats = async (
  reader: SnapshotReader,
  path: { id: string },
  { oneShotStats }: EngineAbilities,
): Promise<Part<ContainerStats>> => {
  if (!oneShotStats) {
    return {
      missing: 'not-supported',
      detail: 'Before API 1.41 a sample takes the engine seconds for each container.',
    };
  }
  const query = { stream: 'false', 'one-shot': 'true' };
  return reader.ask('containerStats', path, query, (answer) => ContainerStats.parse(answer));
};

const askProcesses = async (
  reader: SnapshotReader,
  path: { id: string },
  { noProcessLists }: EngineAbilities,
): Promise<Part<ContainerProcess[]>> =>
  noProcessLists ?? reader.ask('containerTop', path, { ps_args: processColumns }, parseProcesses);

const ExecAnswer = z.object({
  ID: z.string(),
  Running: lenient(z.boolean()),
  ProcessConfig: lenient(z.object({ privileged: lenient(z.boolean()), user: text, entrypoint: text })),
});

const askExecs = async (reader: SnapshotReader, inspect: Part<ContainerInspect>): Promise<Part<ContainerExec[]>> => {
  if ('missing' in inspect) return inspect;
  const answers = await Promise.all(
    (inspect.value.ExecIDs ?? []).slice(0, execsLimit).map((id) =>
      reader.ask('execInspect', { id }, {}, (answer): ContainerExec => {
        const { ID, Running, ProcessConfig } = ExecAnswer.parse(answer);
        const { privileged, user, entrypoint } = ProcessConfig ?? {};
        return { id: ID, running: Running, privileged, user, entrypoint };
      }),
    ),
  );
  // An exec is gone as soon as it ends: only what fails for another reason makes the part missing.
  const failed = answers.find((answer) => 'missing' in answer && answer.missing !== 'not-found');
  if (failed !== undefined && 'missing' in failed) return failed;
  return { value: answers.flatMap((answer) => ('value' in answer ? [answer.value] : [])) };
};
