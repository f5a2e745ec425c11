import { startBenchDatabase } from './bench-database.ts';
import { judgedWith, makeFleet, writeScan } from './judged-fleet.ts';
import { type Bench, type Figure, wallTimeOf } from './measure.ts';

const hosts = 1_000;
const findingsPerHost = 200;
/** As many scans as one worker does at a time. */
const atATime = 8;

/** How fast one worker writes what it found: a first scan of a fleet, then the same again with nothing changed. */
export const database: Bench = {
  name: 'database',
  run: async (say) => {
    const judged = await judgedWith(findingsPerHost);
    const server = await startBenchDatabase();
    try {
      const { tenantId, hostIds } = await makeFleet(server.database, hosts);
      const writeAll = (): Promise<number> =>
        wallTimeOf(async () => {
          const left = hostIds.values();
          const worker = async (): Promise<void> => {
            for (const hostId of left) await writeScan(server.database, { tenantId, hostId }, judged);
          };
          await Promise.all(Array.from({ length: atATime }, worker));
        });
      say(`writing ${hosts} first scans with ${findingsPerHost} findings each`);
      const first = figuresOf('first scans, every finding is new', await writeAll());
      say('writing the same scans again');
      const again = figuresOf('scans in which nothing changed', await writeAll());
      return {
        title: `Findings of ${hosts.toLocaleString('en')} hosts with ${findingsPerHost} each, written by one worker to the embedded PostgreSQL (durable)`,
        figures: [...first, ...again],
      };
    } finally {
      await server.stop();
    }
  },
};

const figuresOf = (name: string, milliseconds: number): Figure[] => [
  { name: `${name}: hosts`, value: (hosts / milliseconds) * 60_000, unit: 'hosts/min', target: { atLeast: 1_000 } },
  { name: `${name}: findings`, value: ((hosts * findingsPerHost) / milliseconds) * 1_000, unit: 'findings/s' },
];
