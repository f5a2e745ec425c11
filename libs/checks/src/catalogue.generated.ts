// Made by `npm run generate` from the files of this folder. Do not edit.
import type { Check } from './engine/check.ts';
import kernelPrivilegesContainerPrivileged from './kernel-privileges/container-privileged.ts';

const checks: (Check | Check[])[] = [
  kernelPrivilegesContainerPrivileged,
];
/** Every check, ordered by id. */
export const catalogue: readonly Check[] = checks.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Changes whenever a check could judge otherwise. */
export const catalogueVersion = '63736d5b7c73';
