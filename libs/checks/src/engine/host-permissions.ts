import type { HostFiles } from '@plimsoll/snapshot';
import { z } from 'zod';
import type { JudgingContext } from './context.ts';
import { type Looked, notLookedAt, octal, pathEvidence, writableFoldersAbove } from './host-file-facts.ts';
import { type Places, lookAtAll } from './host-places.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from './verdict.ts';
import type { Severity } from './vocabulary.ts';

/** Things on the host that must belong to root or be closed to others. */
export interface GuardedThing {
  /** As in "… belongs to root", at the beginning of a sentence. */
  readonly what: string;
  readonly absent: string;
}

type Found = Extract<Looked, { state: 'found' }>;
const isFound = (looked: Looked): looked is Found => looked.state === 'found';

/** A mode as `chmod` takes it, as a parameter of a check. */
export const modeParameter = (limit: string) =>
  z
    .string()
    .regex(/^0?[0-7]{3}$/)
    .default(limit)
    .describe('The most that the mode may grant, octal');

const withWritableFolders = (facts: HostFiles, found: readonly Found[]): { note: string; evidence: Evidence[] } => {
  const folders = [...new Set(found.flatMap(({ path }) => writableFoldersAbove(facts, path)))];
  return folders.length === 0
    ? { note: '', evidence: [] }
    : {
        note: `; but group or others may write to ${folders.join(', ')} above it, and so replace it`,
        evidence: [{ source: 'writable folders above', value: folders }],
      };
};

/** Places as they were found; a judgement where there is nothing to judge. */
const foundOf = (facts: HostFiles, { what, absent }: GuardedThing, places: Places): Looked[] | Judgement => {
  const looked = lookAtAll(facts, places);
  if (looked === undefined) return notLookedAt(`Where the host has this: ${what}`);
  return looked === 'none' ? notApplicable(absent) : [...looked];
};

/** How the ids of a rootless daemon's archive are to be read. */
export interface RootlessIds {
  readonly isRootless: JudgingContext['isRootless'];
  /** The account that runs a rootless daemon owns these files itself, and shows as 0. */
  readonly isOwn: boolean;
}

/** Whether all of them belong to root, links followed. */
export const judgeOwners = (
  facts: HostFiles,
  thing: GuardedThing,
  places: Places,
  { isRootless, isOwn }: RootlessIds,
): Judgement => {
  const looked = foundOf(facts, thing, places);
  if (!Array.isArray(looked)) return looked;
  const found = looked.filter(isFound);
  const evidence = found.flatMap(({ path, file }) => pathEvidence(path, file));
  // Host root shows as nobody in the user namespace of a rootless daemon.
  if (isRootless === true && !isOwn)
    return unknown(
      `${thing.what}: a rootless daemon sees ids through its user namespace, which hides host root`,
      `A person's answer to: stat -c "%u:%g %n" ${looked.map(({ path }) => path).join(' ')}`,
      evidence,
    );
  const foreign = found.filter(({ file: { uid, gid } }) => (uid ?? 0) !== 0 || (gid ?? 0) !== 0);
  if (foreign.length > 0) {
    const named = foreign.map(({ path, file: { uid, gid } }) => `${path} belongs to ${uid ?? '?'}:${gid ?? '?'}`);
    return fail(`${named.join(', ')} instead of root`, evidence);
  }
  const unseen = looked.find(
    (place) => !isFound(place) || place.file.uid === undefined || place.file.gid === undefined,
  );
  if (unseen !== undefined) return notLookedAt(`The owner of ${unseen.path}`);
  if (isRootless === undefined && !isOwn)
    return notLookedAt('Whether the daemon is rootless', 'An engine that tells it');
  const { note, evidence: more } = withWritableFolders(facts, found);
  return pass(`${found.map(({ path }) => path).join(', ')} belongs to root${note}`, [...evidence, ...more]);
};

export interface ModeLimit {
  /** Octal, the most that a mode may grant. */
  readonly maxMode: (path: string) => string;
  /** Tell that only the owner may write as a remark. */
  readonly tolerateOwnerWrite?: boolean;
  readonly severity?: (surplus: number) => Severity | undefined;
}

const ownerWrite = 0o200;

/** Bits that a mode grants beyond its limit; set-uid and set-gid count for files, where they lend rights. */
const surplusOf = ({ path, file }: Found, { maxMode }: ModeLimit): number | undefined =>
  file.mode === undefined
    ? undefined
    : file.mode & (file.kind === 'file' ? 0o6777 : 0o777) & ~Number.parseInt(maxMode(path), 8);

/** Whether none of them grants more than its limit, bit by bit. */
export const judgeModes = (facts: HostFiles, thing: GuardedThing, places: Places, limit: ModeLimit): Judgement => {
  const looked = foundOf(facts, thing, places);
  if (!Array.isArray(looked)) return looked;
  const found = looked.filter(isFound).map((place) => ({ ...place, surplus: surplusOf(place, limit) }));
  const evidence = found.flatMap(({ path, file }) => pathEvidence(path, file));
  const wide = found.filter(({ surplus }) => surplus !== undefined && surplus !== 0);
  const unseen = looked.find((place) => !isFound(place) || place.file.mode === undefined);
  if (wide.length > 0) {
    const all = wide.reduce((bits, { surplus }) => bits | (surplus ?? 0), 0);
    const isOnlyOwnerWrite = limit.tolerateOwnerWrite === true && all === ownerWrite && unseen === undefined;
    const severity = isOnlyOwnerWrite ? 'info' : limit.severity?.(all);
    const named = wide.map(
      ({ path, file, surplus }) =>
        `${path} has mode ${octal(file.mode ?? 0)}, which grants ${octal(surplus ?? 0)} beyond ${octal(Number.parseInt(limit.maxMode(path), 8))}`,
    );
    return fail(named.join('; '), evidence, severity === undefined ? {} : { severity });
  }
  if (unseen !== undefined) return notLookedAt(`The mode of ${unseen.path}`);
  const { note, evidence: more } = withWritableFolders(facts, found);
  const modes = found.map(({ path, file }) => `${path} has mode ${octal(file.mode ?? 0)}`);
  return pass(`${modes.join(', ')}${note}`, [...evidence, ...more]);
};
