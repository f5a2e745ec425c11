import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { FindingPage, Host, HostPage, type Scan, Scan as ScanSchema } from '@plimsoll/contracts';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import type { z } from 'zod';
import { printable } from '../output/command-failed.ts';
import { type ResultRow, resultTable } from '../output/result-table.ts';
import { defaultSocket, findEndpoint, readTlsFolder } from '../scan/docker-endpoint.ts';
import type { ApiClient } from './api-client.ts';
import type { Steps } from './steps.ts';

type HostDocument = z.output<typeof Host>;

/** A host that the first run registers by itself. */
export interface OfferedHost {
  name: string;
  address: string;
  labels: Record<string, string>;
  credential?: { ca: string; certificate: string; key: string };
  /** No real machine; shown as such from its registration on. */
  simulated?: boolean;
}

/** The label by which a later start finds what an earlier one has registered. */
const originLabel = 'plimsoll.origin';
const pollMs = 200;
const rowsShown = 20;

export const sampleHost = ({ url, tls }: SimulatedHost): OfferedHost => ({
  name: 'sample-host',
  address: url,
  labels: { [originLabel]: 'sample', simulated: 'true' },
  credential: tls,
  simulated: true,
});

/** The daemon that a Docker client on this machine would speak to, if there is one to be seen. */
export const localHost = (environment: Readonly<Record<string, string | undefined>>): OfferedHost | undefined => {
  const { address, tlsFolder } = findEndpoint({}, environment);
  if (address === defaultSocket && !existsSync(defaultSocket.slice('unix://'.length))) return undefined;
  return {
    name: hostname(),
    address,
    labels: { [originLabel]: 'local' },
    ...(tlsFolder === undefined || address.startsWith('unix:') ? {} : { credential: readTlsFolder(tlsFolder) }),
  };
};

/** Registers a host, or brings the one an earlier start has registered up to date. */
const register = async (api: ApiClient, offered: OfferedHost): Promise<HostDocument> => {
  const origin = `${originLabel}=${offered.labels[originLabel]}`;
  const { items } = await api.get(`/v1/hosts?label=${encodeURIComponent(origin)}`, HostPage);
  const [known] = items;
  if (known === undefined) return api.post('/v1/hosts', Host, offered, `start-${offered.address}-${Date.now()}`);
  if (known.address === offered.address && offered.credential === undefined) return known;
  return api.patch(`/v1/hosts/${known.id}`, Host, {
    address: offered.address,
    ...(offered.credential === undefined ? {} : { credential: offered.credential }),
  });
};

const ended: ReadonlySet<Scan['state']> = new Set(['succeeded', 'partial', 'failed', 'cancelled']);

/** Scans a host through API, queue and worker, and waits for the end. @param check throws when nobody will do it */
const scan = async (api: ApiClient, host: HostDocument, signal: AbortSignal, check: () => void): Promise<Scan> => {
  let current = await api.post(`/v1/hosts/${host.id}/scans`, ScanSchema, {}, `start-${host.id}-${Date.now()}`);
  while (!ended.has(current.state)) {
    await sleep(pollMs, undefined, { signal });
    check();
    current = await api.get(`/v1/scans/${current.id}`, ScanSchema);
  }
  return current;
};

/** The worst of what is open, as a table, and a line per host. */
export const summarise = async (
  api: ApiClient,
  scans: readonly HostScan[],
  options: { width: number; colour: boolean },
): Promise<string> => {
  const { items, nextCursor } = await api.get('/v1/findings?status=open&limit=200', FindingPage);
  const rows: ResultRow[] = items.slice(0, rowsShown).map(({ severity, check, hostName, subject, reason }) => ({
    severity,
    outcome: 'fail',
    check,
    host: hostName,
    thing: subject.kind === 'daemon' || subject.kind === 'host' ? subject.kind : `${subject.kind}/${subject.name}`,
    why: reason,
  }));
  const more = items.length - rows.length;
  return [
    ...(rows.length === 0 ? ['No problem found.'] : [resultTable(rows, options)]),
    ...(more > 0 ? [`… and ${more}${nextCursor === null ? '' : ' or more'} more`] : []),
    '',
    ...scans.map(lineOf),
  ].join('\n');
};

const lineOf = ({ offered, scan: { hostName, state, score, counts, detail, nextStep } }: HostScan): string => {
  const name = isSimulated(offered) ? `${hostName} (simulated)` : hostName;
  if (score === null || counts === null)
    return printable(`${name}: ${state}. ${detail ?? ''} ${nextStep ?? ''}`.trimEnd());
  const found = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  return printable(
    `${name}: score ${score} of 100. ${found.length === 0 ? 'No open findings' : found.join(', ')}${state === 'partial' ? ` (in part: ${detail ?? ''})` : ''}.`,
  );
};

const isSimulated = ({ simulated }: OfferedHost): boolean => simulated === true;

export interface HostScan {
  offered: OfferedHost;
  scan: Scan;
}

export const registerAndScan = async (
  api: ApiClient,
  offered: OfferedHost,
  steps: Steps,
  signal: AbortSignal,
  check: () => void,
): Promise<HostScan> => {
  const label = isSimulated(offered)
    ? `the sample host (simulated) at ${offered.address}`
    : `${offered.name} at ${offered.address}`;
  return steps.run(`Scanning ${label}`, async () => ({
    offered,
    scan: await scan(api, await register(api, offered), signal, check),
  }));
};
