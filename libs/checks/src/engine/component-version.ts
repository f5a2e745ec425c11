/** What engine, containerd, runc and BuildKit call themselves, taken apart. */
export interface ComponentVersion {
  readonly numbers: readonly number[];
  /** `rc.1` → ['rc', 1]; a development build or a Go pseudo-version is before its release too. */
  readonly preRelease: readonly (string | number)[] | undefined;
  /** What a packager appended: `+dfsg1`, `-0ubuntu1~22.04`, `~ds1`, `-ce`, `+azure`; empty where nothing was. */
  readonly suffix: string;
}

const longest = 100;
const numbersPattern = /^v?(\d{1,9}(?:\.\d{1,9}){1,3})/;
/** `-rc7`, `-rc.1`, `~rc1`, `-beta.0`, `-tp2`, `-dev` */
const preReleasePattern = /^[-~.]?(alpha|beta|dev|pre|rc|tp)[-.]?(\d{0,9})(?![a-z])/i;
/** `-0.20230208155512-4f0ee09c40e2`: a commit between the tag before and this one, as Go writes it. */
const pseudoVersionPattern = /^-(?:\d{1,9}\.)?(\d{14})-[0-9a-f]{12}$/;
/** `-10-gd9f759206`: that many commits after the tag, as git writes it. */
const describedPattern = /^-(\d{1,6})-g[0-9a-f]{7,40}$/;

/** Reads `29.7.2`, `v2.1.5`, `1.0.0-rc10`, `20.10.24+dfsg1`, `18.06.1-ce`. Undefined where it is no release number. */
export const readVersion = (text: string | undefined): ComponentVersion | undefined => {
  const trimmed = text?.trim() ?? '';
  const found = trimmed.length > longest ? null : numbersPattern.exec(trimmed);
  if (found === null) return undefined;
  const numbers = (found[1] ?? '').split('.').map(Number);
  const rest = trimmed.slice(found[0].length);
  const described = describedPattern.exec(rest)?.[1];
  if (described !== undefined) return { numbers: [...numbers, Number(described)], preRelease: undefined, suffix: '' };
  const pseudo = pseudoVersionPattern.exec(rest)?.[1];
  if (pseudo !== undefined) return { numbers, preRelease: ['0', Number(pseudo)], suffix: '' };
  const [whole = '', label, number] = preReleasePattern.exec(rest) ?? [];
  if (label === undefined) return { numbers, preRelease: undefined, suffix: rest };
  const preRelease = [label.toLowerCase(), ...(number === '' ? [] : [Number(number)])];
  return { numbers, preRelease, suffix: rest.slice(whole.length) };
};

const compareNumbers = (a: readonly number[], b: readonly number[]): number => {
  for (let field = 0; field < Math.max(a.length, b.length); field += 1) {
    const difference = (a[field] ?? 0) - (b[field] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** Field by field, by number; a pre-release comes before its release; what a packager appended does not count. */
export const compareVersions = (a: ComponentVersion, b: ComponentVersion): number => {
  const byNumber = compareNumbers(a.numbers, b.numbers);
  if (byNumber !== 0) return byNumber;
  if (a.preRelease === undefined || b.preRelease === undefined)
    return Number(a.preRelease === undefined) - Number(b.preRelease === undefined);
  const [labelA = '', numberA = 0] = a.preRelease;
  const [labelB = '', numberB = 0] = b.preRelease;
  if (labelA !== labelB) return labelA < labelB ? -1 : 1;
  return Number(numberA) - Number(numberB);
};

/** Whether a version lies in one of the half-open intervals; `introduced: '0'` is every earlier version. */
export const isAffected = (
  version: ComponentVersion,
  intervals: readonly { readonly introduced: string; readonly fixed: string }[],
): boolean =>
  intervals.some(({ introduced, fixed }) => {
    const from = introduced === '0' ? undefined : boundOf(introduced);
    const to = boundOf(fixed);
    return (
      to !== undefined &&
      compareVersions(version, to) < 0 &&
      (from === undefined || compareVersions(version, from) >= 0)
    );
  });

const bounds = new Map<string, ComponentVersion | undefined>();

/** Bounds come from our own tables and from parameters: few, and asked for again and again. */
const boundOf = (text: string): ComponentVersion | undefined => {
  if (!bounds.has(text) && bounds.size < 10_000) bounds.set(text, readVersion(text));
  return bounds.get(text) ?? readVersion(text);
};

/** Docker called its free edition `-ce` up to this release; later ones with that suffix are a distribution's. */
const lastEditions = { numbers: [18, 9], preRelease: undefined, suffix: '' };

/** Whether the number was built by its own project, by somebody who may have patched it, or from a working copy. */
export type Packaging = 'upstream' | 'patched' | 'development';

export const packagingOf = (version: ComponentVersion): Packaging => {
  if (version.preRelease?.[0] === 'dev' || /^[-+.](?:dev|dirty|unknown|unsupported)/i.test(version.suffix))
    return 'development';
  if (version.suffix === '') return 'upstream';
  const isEdition = /^-(?:ce|ee)(?:-\d{1,3})?$/.test(version.suffix) && compareVersions(version, lastEditions) < 0;
  return isEdition ? 'upstream' : 'patched';
};
