import { catalogue } from '@plimsoll/checks';

/** Every check there is. */
export const allChecks = catalogue;

/** The benchmark's version whose numbers docker-bench-security 1.6.0 uses. */
export const benchmarkVersion = '1.6.0';

/** The check that carries a number of that version. */
export const checkOf = (cisId: string) => allChecks.find(({ cis }) => cis?.[benchmarkVersion] === cisId);
