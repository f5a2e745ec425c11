import { hostname, userInfo } from 'node:os';
import { type Check, catalogue, catalogueVersion, judge, takeParameters } from '@plimsoll/checks';
import type { Benchmark } from '@plimsoll/contracts';
import {
  EngineClient,
  EngineError,
  type EngineTarget,
  explainEngineError,
  parseEngineAddress,
  parseTlsMaterial,
  selfHostedHostPolicy,
} from '@plimsoll/docker-engine';
import { type ScanReport, complianceOf, scanReport, toResultDocument } from '@plimsoll/reports';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { collectSnapshot } from '@plimsoll/snapshot/collector';
import { CommandFailed } from '../output/command-failed.ts';
import type { DockerEndpoint } from './docker-context.ts';
import { readTlsFolder } from './docker-endpoint.ts';
import { type ParameterOptions, readGivenParameters } from './given-parameters.ts';

export interface ScanHostOptions {
  endpoint: DockerEndpoint;
  processLists: boolean;
  /** Read files of the host through a container that is made, never started, and removed. */
  hostFiles: boolean;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

export interface HostScan {
  report: ScanReport;
  checks: readonly Check[];
}

export interface JudgeOptions extends ParameterOptions {
  /** Adds the view of this benchmark. */
  benchmark?: Benchmark;
}

/**
 * Judges a snapshot by the whole catalogue and the parameters of this call.
 * @throws CommandFailed for parameters that no check takes
 */
export const judgeSnapshot = (snapshot: HostSnapshot, options: JudgeOptions = {}): HostScan => {
  const { parameters, adjusted } = takeParameters(catalogue, readGivenParameters(options, catalogue));
  const results = judge(snapshot, catalogue, parameters);
  const { benchmark } = options;
  const judged = { checks: catalogue, results: results.map(toResultDocument), catalogueVersion, isWhole: true };
  const compliance = benchmark === undefined ? undefined : complianceOf(judged, benchmark);
  return { report: scanReport(snapshot, results, catalogueVersion, { adjusted, compliance }), checks: catalogue };
};

/**
 * Reads one host with the worker's own collector; no server, no database, nothing written.
 * @throws CommandFailed with exit code 2 for whatever keeps it from reading
 */
export const takeSnapshot = async ({
  endpoint,
  processLists,
  hostFiles,
  signal,
  onProgress,
}: ScanHostOptions): Promise<HostSnapshot> => {
  const target = targetOf(endpoint);
  try {
    onProgress(`Connecting to ${endpoint.address} (from ${endpoint.origin})`);
    const client = await EngineClient.connect(target, { signal, tier: hostFiles ? 2 : 0 });
    try {
      return await collectSnapshot(client, {
        processLists,
        ...(hostFiles ? { hostFiles: { read: true, owner: readerName() } } : {}),
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

/** Who reads: what one run of the command had to leave behind, the next one of the same account here removes. */
const readerName = (): string => {
  const name = `cli:${userInfo().username}@${hostname()}`;
  return name.replaceAll(/[^A-Za-z0-9._:@-]/gu, '-').slice(0, 200);
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
