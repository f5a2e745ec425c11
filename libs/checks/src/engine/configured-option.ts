import { type HostFiles, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import type { JudgingContext } from './context.ts';
import { onlyHostFilesTell } from './daemon.ts';
import { type DaemonOption, type DaemonOptionValue, daemonOptionOf, daemonProgramOf } from './daemon-flags.ts';
import { lookAt } from './host-file-facts.ts';
import { type Evidence, type Judgement, unknown } from './verdict.ts';

type Configured = Exclude<DaemonOptionValue, { state: 'unseen' }>;

const usernsRemap: DaemonOption = { flags: ['--userns-remap'], key: 'userns-remap' };
const dataRoot: DaemonOption = { flags: ['--data-root', '--graph', '-g'], key: 'data-root' };

/**
 * Why the files of the host do not speak of the daemon that answers; undefined where they do. Beside the one of systemd
 * a host may have others, rootless or started by hand, with options of their own.
 */
export const otherDaemonBehind = (
  facts: HostFiles,
  { info, isRootless, isUserRemapped }: JudgingContext,
): string | undefined => {
  if (isRootless === true) return 'a rootless daemon keeps its configuration with the account that runs it';
  const program = daemonProgramOf(facts);
  if (isRootless === undefined || info?.DockerRootDir === undefined || program === undefined)
    return 'nothing shows whether the files of the host are those of this daemon';
  if (program === 'absent') return 'systemd starts no dockerd on this host';
  if (!/\/dockerd[^/]*$/.test(program) || program.endsWith('.sh')) return `${program} starts the daemon in its own way`;
  if (isUserRemapped === true && daemonOptionOf(facts, usernsRemap).state === 'default')
    return 'the daemon remaps users, and no file of the host tells it to: it was started in another way';
  const root = daemonOptionOf(facts, dataRoot);
  if (root.state === 'unseen') return root.reason;
  const configured = (root.state === 'set' ? root.values.at(-1) : undefined) ?? '/var/lib/docker';
  // With remapped users the daemon answers with a folder of its own below it; links are followed already.
  const told = info.DockerRootDir.replace(/\/\d+\.\d+\/?$/, '').replace(/(?<=.)\/$/, '');
  return [configured, lookAt(facts, configured).path].includes(told)
    ? undefined
    : `the files of the host are of a daemon that keeps its data in ${configured}, and this one's are in ${told}`;
};

/** What an option of the daemon that answers is configured to. */
export const configuredOptionOf = (
  facts: HostFiles,
  context: JudgingContext,
  option: DaemonOption,
): DaemonOptionValue => {
  const reason = otherDaemonBehind(facts, context);
  return reason === undefined ? daemonOptionOf(facts, option) : { state: 'unseen', reason };
};

export interface AskedOfFiles {
  readonly snapshot: HostSnapshot;
  readonly context: JudgingContext;
  readonly option: DaemonOption;
  /** What the API left open, as a sentence without its full stop. */
  readonly untold: string;
  readonly evidence?: readonly Evidence[];
}

/**
 * Judges an option that the API does not show by the files of the host, as configured: the daemon takes them over at a
 * restart. Without them, or where they are another daemon's, nobody can tell.
 * @param judge gets the values in their order, undefined where no place names the option
 */
export const judgeConfigured = (
  { snapshot, context, option, untold, evidence = [] }: AskedOfFiles,
  judge: (values: readonly string[] | undefined, evidence: readonly Evidence[]) => Judgement,
): Judgement => {
  const facts = valueOf(snapshot.hostFiles);
  if (facts === undefined) return onlyHostFilesTell(untold, evidence);
  const configured = configuredOptionOf(facts, context, option);
  return configured.state === 'unseen'
    ? notConfiguredInSight(untold, configured.reason, evidence)
    : judge(configured.state === 'set' ? configured.values : undefined, [
        ...evidence,
        optionEvidence(option, configured),
      ]);
};

/** The answer where the host's files were read and still do not tell. */
export const notConfiguredInSight = (untold: string, reason: string, evidence: readonly Evidence[] = []): Judgement =>
  unknown(`${untold}; ${reason}`, 'A person who looks at the options that the daemon was started with', evidence);

/** An option that is an object in daemon.json; undefined where its value, from wherever, is none. */
export const objectOf = (value: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    return Settings.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
};
const Settings = z.record(z.string(), z.unknown());

const optionEvidence = ({ key }: DaemonOption, configured: Configured): Evidence =>
  configured.state === 'set'
    ? { source: configured.source, value: configured.values.join(', ') }
    : { source: `docker.service ExecStart and daemon.json ${key}`, value: null };
