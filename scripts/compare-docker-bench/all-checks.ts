import { catalogue, previewChecks } from '@plimsoll/checks';

/** Every check there is, previews as well. */
export const allChecks = [...catalogue, ...previewChecks];

/** The benchmark's version whose numbers docker-bench-security 1.6.0 uses. */
export const benchmarkVersion = '1.6.0';

/** The check that carries a number of that version. */
export const checkOf = (cisId: string) => allChecks.find(({ cis }) => cis?.[benchmarkVersion] === cisId);
