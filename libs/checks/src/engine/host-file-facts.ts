import type { HostFiles, HostPath } from '@plimsoll/snapshot';
import type { JudgingContext } from './context.ts';
import { cleanPath, foldersAbove } from './paths.ts';
import { hostSubject } from './subjects.ts';
import { type Evidence, type Judgement, type Verdict, notApplicable, unknown } from './verdict.ts';

/** What a path of the host leads to, links followed. */
export type Looked =
  | { readonly state: 'found'; readonly path: string; readonly file: HostPath; readonly links: readonly string[] }
  | { readonly state: 'absent'; readonly path: string }
  /** Nobody looked there, or not all of it was seen. */
  | { readonly state: 'unseen'; readonly path: string };

/** Linux gives up after so many links (MAXSYMLINKS). */
const mostLinks = 40;

/** Without `.`, `..`, doubled and trailing slashes, but with every link as it is: the host itself says what is one. */
const spelledOut = (path: string): string => {
  const components: string[] = [];
  for (const component of path.split('/')) {
    if (component === '..') components.pop();
    else if (component !== '' && component !== '.') components.push(component);
  }
  return `/${components.join('/')}`;
};

const entryOf = (facts: HostFiles, path: string): HostPath | undefined =>
  facts.paths !== undefined && Object.hasOwn(facts.paths, path) ? facts.paths[path] : undefined;

/** Follows the first link among the folders of a path and the path itself. */
const stepOf = (
  facts: HostFiles,
  path: string,
  alsoLast: boolean,
): Looked | { next: string; link: string } | undefined => {
  const folders = foldersAbove(path).toReversed();
  for (const place of alsoLast ? [...folders, path] : folders) {
    const entry = entryOf(facts, place);
    if (entry === undefined) continue;
    if (entry.exists === false) return { state: 'absent', path };
    if (entry.exists === undefined || entry.kind === undefined) return { state: 'unseen', path };
    if (entry.kind !== 'link') continue;
    if (entry.linkTarget === undefined) return { state: 'unseen', path };
    const folder = place.slice(0, place.lastIndexOf('/'));
    const target = entry.linkTarget.startsWith('/') ? entry.linkTarget : `${folder}/${entry.linkTarget}`;
    return { next: spelledOut(target + path.slice(place.length)), link: place };
  }
  return undefined;
};

/**
 * Looks a path up, links followed by hand as a snapshot holds them. The usual links of distributions (/var/run, /lib)
 * count where the host's own were not looked at.
 */
export const lookAt = (facts: HostFiles, path: string): Looked => {
  let here = spelledOut(path);
  const links: string[] = [];
  while (links.length <= mostLinks) {
    const step = stepOf(facts, here, true);
    if (step === undefined) break;
    if ('state' in step) return { ...step, path: here };
    links.push(step.link);
    here = step.next;
  }
  const usual = cleanPath(here);
  const file = entryOf(facts, here);
  if (file === undefined && usual !== here && links.length <= mostLinks) return lookAt(facts, usual);
  return file === undefined || links.length > mostLinks
    ? { state: 'unseen', path: here }
    : { state: 'found', path: here, file, links };
};

/** A path with the links among its folders followed, its own last component as it is: what a watch by name sees. */
export const inItsFolder = (facts: HostFiles, path: string): string => {
  let here = spelledOut(path);
  for (let count = 0; count <= mostLinks; count += 1) {
    const step = stepOf(facts, here, false);
    if (step === undefined || 'state' in step) break;
    here = step.next;
  }
  return cleanPath(here);
};

/** Four octal digits, as `stat -c %a` and people write them. */
export const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

/** Folders above a path that group or others may write to: whoever may, can put another file in its place. */
export const writableFoldersAbove = (facts: HostFiles, path: string): string[] =>
  foldersAbove(path).filter((folder) => {
    const { mode } = entryOf(facts, folder) ?? {};
    // In a sticky folder only the owner of a file can take it away.
    return mode !== undefined && (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  });

export const pathEvidence = (path: string, file: HostPath): Evidence[] => [
  ...(file.mode === undefined ? [] : [{ source: `${path} mode`, value: octal(file.mode) }]),
  ...(file.uid === undefined || file.gid === undefined
    ? []
    : [{ source: `${path} owner`, value: `${file.uid}:${file.gid}` }]),
];

/** The answer where the host's files were read, but not this one. */
export const notLookedAt = (what: string, wouldTell = 'A scan that may read this path on the host'): Judgement =>
  unknown(`${what} was not seen among the host's files`, wouldTell);

/** One verdict about the host from its files; `needs` of the check holds `hostFiles`. */
export function* aboutHostFiles(
  context: JudgingContext,
  facts: HostFiles | undefined,
  judge: (facts: HostFiles) => Judgement,
): Generator<Verdict> {
  const elsewhere = livesElsewhere(context);
  if (elsewhere !== undefined) yield { subject: hostSubject, ...notApplicable(elsewhere) };
  else if (facts === undefined) yield { subject: hostSubject, ...notLookedAt('The host') };
  else yield { subject: hostSubject, ...judge(facts) };
}

const livesElsewhere = ({ isPodman, isWindows, info }: JudgingContext): string | undefined => {
  if (isPodman === true) return 'The engine is Podman: there is no dockerd on this host';
  if (isWindows === true) return 'The host runs Windows';
  return info?.OperatingSystem?.startsWith('Docker Desktop') === true
    ? 'The daemon runs in the virtual machine of Docker Desktop, whose files nobody but Docker Desktop manages'
    : undefined;
};
