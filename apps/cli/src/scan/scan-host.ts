import { type Check, catalogue, catalogueVersion, judge, previewChecks } from '@plimsoll/checks';
import {
  EngineClient,
  EngineError,
  type EngineTarget,
  explainEngineError,
  parseEngineAddress,
  parseTlsMaterial,
  selfHostedHostPolicy,
} from '@plimsoll/docker-engine';
import { type ScanReport, scanReport } from '@plimsoll/reports';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { collectSnapshot } from '@plimsoll/snapshot/collector';
import { CommandFailed } from '../output/command-failed.ts';
import type { DockerEndpoint } from './docker-context.ts';
import { readTlsFolder } from './docker-endpoint.ts';

export interface ScanHostOptions {
  endpoint: DockerEndpoint;
  processLists: boolean;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

export interface HostScan {
  report: ScanReport;
  checks: readonly Check[];
}

/** Judges a snapshot by the whole catalogue, with `preview` also by the checks that are not part of it yet. */
export const judgeSnapshot = (snapshot: HostSnapshot, { preview = false } = {}): HostScan => {
  const checks = preview ? [...catalogue, ...previewChecks] : catalogue;
  return { report: scanReport(snapshot, judge(snapshot, checks), catalogueVersion), checks };
};

/**
 * Reads one host with the worker's own collector; no server, no database, nothing written.
 * @throws CommandFailed with exit code 2 for whatever keeps it from reading
 */
export const takeSnapshot = async ({
  endpoint,
  processLists,
  signal,
  onProgress,
}: ScanHostOptions): Promise<HostSnapshot> => {
  const target = targetOf(endpoint);
  try {
    onProgress(`Connecting to ${endpoint.address} (from ${endpoint.origin})`);
    const client = await EngineClient.connect(target, { signal });
    try {
      return await collectSnapshot(client, {
        processLists,
        now: new Date(),
        signal,
        onProgress: ({ requestsDone }) => onProgress(`Reading the host: ${requestsDone} answers`),
      });
    } finally {
      await client.close();
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { title, detail, nextStep } = explainEngineError(error);
    throw new CommandFailed(error.reason, `${endpoint.address}: ${title}`, {
      why: detail,
      fix: nextStep,
      exitCode: 2,
      cause: error,
    });
  }
};

/** Whoever runs the command may reach what they can reach anyway: only cloud metadata stays refused. */
const targetOf = ({ address, tlsFolder }: DockerEndpoint): EngineTarget => {
  const parsed = parseAddress(address);
  const common = { address: parsed, policy: selfHostedHostPolicy, allowUnixSockets: true, allowPlainTcp: true };
  if (parsed.transport === 'unix' || tlsFolder === undefined) return common;
  const verdict = parseTlsMaterial(readTlsFolder(tlsFolder), new Date());
  if (verdict.ok) return { ...common, tls: verdict.material };
  const [first] = verdict.problems;
  throw new CommandFailed('tls-material-unusable', `The TLS material in ${tlsFolder} can not be used.`, {
    why: verdict.problems.map(({ detail }) => detail).join(' '),
    fix: first?.reason === 'expired' ? 'Have a new client certificate issued.' : 'Give another folder with --tls-dir.',
    exitCode: 2,
  });
};

const parseAddress = (address: string): EngineTarget['address'] => {
  try {
    return parseEngineAddress(address);
  } catch (cause) {
    const detail = cause instanceof EngineError ? cause.detail : undefined;
    throw new CommandFailed('invalid-address', `${address} is not the address of a Docker host.`, {
      why: detail,
      fix: 'Use tcp://NAME:PORT or unix:///PATH.',
      exitCode: 2,
      cause,
    });
  }
};
