import { isDeepStrictEqual } from 'node:util';
import { type Actor, permissionsOf } from '@plimsoll/contracts';
import { createIdentity } from '@plimsoll/identity';
import type { Database } from '@plimsoll/persistence';
import { generateSigningKey } from '@plimsoll/vault';
import { rateOf } from './api-load.ts';
import { type ServerProcess, startApi, startBareApi } from './api-processes.ts';
import { startBenchDatabase } from './bench-database.ts';
import { judgedWith, makeFleet, writeScan } from './judged-fleet.ts';
import { type Bench, type Figure, interleaved, median, medianRatio, type Say } from './measure.ts';

const hosts = 200;
const findingsPerHost = 100;
const connections = 20;
const rounds = 5;

/** Lists and reads by the API as it runs in production, against bare handlers that give the same bodies. */
export const api: Bench = {
  name: 'api',
  run: async (say) => {
    const server = await startBenchDatabase();
    const running: { stop(): Promise<void> }[] = [server];
    try {
      say(`filling the database: ${hosts} hosts, ${findingsPerHost} findings each`);
      const { tenantId, hostIds } = await fill(server.database);
      const key = await makeKey(server.database, tenantId);
      const ours = await startApi(server);
      running.push(ours);
      const bare = await startBareApi(server, tenantId);
      running.push(bare);
      const paths = {
        'list hosts': '/v1/hosts?limit=50',
        'read a host': `/v1/hosts/${hostIds[0]}`,
        'list findings': '/v1/findings?limit=50',
      };
      const figures: Figure[] = [];
      for (const [name, path] of Object.entries(paths)) {
        await assertSameBody(ours, bare, path, key);
        figures.push(...(await compare({ ours, bare, name, path, key }, say)));
      }
      return {
        title: `The API against bare Fastify and pg with the same bodies, ${connections} connections, uncompressed`,
        figures,
      };
    } finally {
      for (const { stop } of running.toReversed()) await stop();
    }
  },
};

export const fill = async (database: Database) => {
  const fleet = await makeFleet(database, hosts);
  const judged = await judgedWith(findingsPerHost);
  for (const hostId of fleet.hostIds) await writeScan(database, { tenantId: fleet.tenantId, hostId }, judged);
  return fleet;
};

export const makeKey = async (database: Database, tenantId: string): Promise<string> => {
  const actor: Actor = {
    kind: 'system',
    id: null,
    name: 'bench',
    tenantId,
    role: 'owner',
    permissions: new Set(permissionsOf.owner),
    address: null,
    requestId: null,
  };
  const { apiKeys } = createIdentity({
    database,
    signingKey: generateSigningKey(),
    signUpOpen: false,
    accessTokenSeconds: 600,
    refreshTokenSeconds: 3_600,
  });
  const { key } = await apiKeys.create(actor, { name: 'bench', role: 'viewer', expiresInDays: 1 });
  return key;
};

/** @throws Error when the bare handler answers another question than the API does */
const assertSameBody = async (ours: ServerProcess, bare: ServerProcess, path: string, key: string): Promise<void> => {
  const [expected, given] = await Promise.all(
    [ours, bare].map(async ({ url }): Promise<unknown> => {
      const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
      return response.json();
    }),
  );
  if (!isDeepStrictEqual(expected, given)) throw new Error(`GET ${path}: the bare handler gives another body`);
};

interface Comparison {
  readonly ours: ServerProcess;
  readonly bare: ServerProcess;
  readonly name: string;
  readonly path: string;
  readonly key: string;
}

const compare = async ({ ours, bare, name, path, key }: Comparison, say: Say): Promise<Figure[]> => {
  say(`GET ${path}`);
  const loadOf = (server: ServerProcess) => () => rateOf(`${server.url}${path}`, { key, connections });
  const rates = await interleaved({ rounds, warmUp: 1 }, { ours: loadOf(ours), bare: loadOf(bare) });
  return [
    { name: `${name}: bare handler`, value: median(rates.bare), unit: 'requests/s' },
    { name: `${name}: API`, value: median(rates.ours), unit: 'requests/s' },
    {
      name: `${name}: API / bare`,
      value: medianRatio(rates.ours, rates.bare),
      unit: '×',
      target: { atLeast: 0.6 },
      note: `median of ${rounds} rounds`,
    },
  ];
};
