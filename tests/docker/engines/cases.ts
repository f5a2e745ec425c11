import { join } from 'node:path';
import { type EngineSuite, unpackEngine } from '../newer-engine.ts';
import { type Claim, podmanClaims, remappedClaims, rootlessClaims, swarmClaims } from './claims.ts';
import { newer, newest } from './expected/newer.ts';
import { podman as podmanResults } from './expected/podman.ts';
import { remapped } from './expected/remapped.ts';
import { rootless } from './expected/rootless.ts';
import type { ExpectedResults } from './expected/row.ts';
import { swarm } from './expected/swarm.ts';
import { newerDocker, plainDocker, podman, remappedDocker, rootlessDocker } from './kinds.ts';
import { populate, populateSwarm } from './population.ts';
import { openRecordingDoor } from './recording-door.ts';
import { startWorld, type World } from './world.ts';

/** An engine with its containers, ready to be scanned. */
export interface StartedEngine {
  readonly world: World;
  /** Requests as they reached the engine, where they were recorded: `GET /v1.41/info`. */
  readonly requests?: readonly string[];
  stop(): Promise<void>;
}

export interface EngineCase {
  readonly name: string;
  /** Beside those that every real engine here needs. */
  readonly programs: readonly string[];
  /** @throws EngineUnavailable where the engine can not be had today: a loud skip */
  readonly start: () => Promise<StartedEngine>;
  readonly expected: ExpectedResults;
  /** Releases that the table was worked out for; another one is a loud skip, until somebody looks at it. */
  readonly versions: RegExp;
  /** Parts of the snapshot that this engine does not have. */
  readonly missingParts: readonly string[];
  /** What else holds of it. */
  readonly claims: readonly Claim[];
}

/** The engine could not be fetched: nothing is wrong with the product. */
export class EngineUnavailable extends Error {}

const populated = async (world: World, fill: (world: World) => Promise<void>): Promise<StartedEngine> => {
  try {
    await fill(world);
  } catch (error) {
    await world.stop();
    throw error;
  }
  return { world, stop: () => world.stop() };
};

const dockerSocket = { socket: '/run/docker.sock' };

const fromSuite = async (suite: EngineSuite): Promise<StartedEngine> => {
  const engineRoot = await unpackEngine(suite).catch((cause: unknown) => {
    throw new EngineUnavailable(`no engine of Debian ${suite}: ${String(cause).split('\n')[0]}`, { cause });
  });
  return populated(await startWorld(newerDocker(engineRoot)), (world) => populate(world, dockerSocket));
};

const startPodman = async (): Promise<StartedEngine> => {
  let door: Awaited<ReturnType<typeof openRecordingDoor>> | undefined;
  const prepare = async (runFolder: string): Promise<void> => {
    door = await openRecordingDoor(join(runFolder, 'door.sock'), join(runFolder, 'podman/podman.sock'));
  };
  const world = await startWorld({ ...podman, prepare });
  const started = await populated(world, () =>
    populate(world, { socket: '/run/podman/podman.sock', healthInImage: false }),
  );
  return {
    world,
    requests: door?.requests ?? [],
    stop: async () => {
      await started.stop();
      await door?.close();
    },
  };
};

/** Every engine that can be had here beside the plain one, which `authorization-plugin.docker.test.ts` scans. */
export const engineCases: readonly EngineCase[] = [
  {
    name: 'an engine that remaps users',
    programs: [],
    // It refuses host namespaces and --privileged to those that stay remapped.
    start: async () =>
      populated(await startWorld(remappedDocker), (world) =>
        populate(world, {
          ...dockerSocket,
          flags: { host: ['--userns', 'host'], privileged: ['--userns', 'host'] },
        }),
      ),
    expected: remapped,
    versions: /^20\.10\./u,
    missingParts: [],
    claims: remappedClaims,
  },
  {
    name: 'a rootless engine',
    programs: ['/usr/bin/rootlesskit', '/usr/bin/slirp4netns', '/usr/bin/newuidmap', '/usr/bin/setpriv'],
    start: async () =>
      populated(await startWorld(rootlessDocker), (world) =>
        populate(world, { socket: '/run/user/4711/docker.sock', hostProcesses: false }),
      ),
    expected: rootless,
    versions: /^20\.10\./u,
    missingParts: [],
    claims: rootlessClaims,
  },
  {
    name: 'the manager of a swarm',
    programs: [],
    start: async () => populated(await startWorld(plainDocker('swarm')), populateSwarm),
    expected: swarm,
    versions: /^20\.10\./u,
    missingParts: [],
    claims: swarmClaims,
  },
  {
    name: 'the engine of Debian 13',
    programs: [],
    start: () => fromSuite('trixie'),
    expected: newer,
    versions: /^26\.1\./u,
    missingParts: [],
    claims: [],
  },
  {
    name: 'the engine of Debian unstable',
    programs: [],
    start: () => fromSuite('sid'),
    expected: newest,
    versions: /^28\./u,
    missingParts: [],
    claims: [],
  },
  {
    name: "Podman's compatible API",
    programs: ['/usr/bin/podman', '/usr/bin/stunnel4'],
    start: startPodman,
    expected: podmanResults,
    versions: /^4\.3\./u,
    missingParts: ['plugins'],
    claims: podmanClaims,
  },
];
