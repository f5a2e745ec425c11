import { type ComponentVersion, compareVersions, readVersion } from '../engine/component-version.ts';
import { branchEnds } from './vulnerability-table/end-of-life.ts';
import type { Component, EndOfLife } from './vulnerability-table/shape.ts';

export type FoundBranch =
  | { readonly kind: 'branch'; readonly branch: EndOfLife }
  /** Older than every branch of the table, so past its end. */
  | { readonly kind: 'older' }
  | { readonly kind: 'unknown' };

/** `29` → 29.0, `1.7` → 1.7 */
const numbersOf = (branch: string): readonly number[] => branch.split('.').map(Number);

/** The branch of the table that a version is of: `28.5.2` is of 28, `26.1.5` of 26.1. */
export const branchOf = (component: Component, version: ComponentVersion): FoundBranch => {
  const branches = branchEnds.filter((end) => end.component === component);
  const branch = branches.find((end) =>
    numbersOf(end.branch).every((number, field) => version.numbers[field] === number),
  );
  if (branch !== undefined) return { kind: 'branch', branch };
  const isNewerThanSome = branches.some(({ branch: text }) => {
    const start = readVersion(text.includes('.') ? text : `${text}.0`);
    return start !== undefined && compareVersions(version, start) > 0;
  });
  return { kind: isNewerThanSome ? 'unknown' : 'older' };
};
