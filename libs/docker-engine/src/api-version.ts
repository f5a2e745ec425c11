import { EngineError, quoteHostText } from './engine-error.ts';

/** Docker 1.12 of 2016: the first whose answers have all that the collector relies on. */
export const oldestApiVersion = '1.24';
/** Docker 29: the newest that the collector was written for; newer engines still speak it. */
export const newestApiVersion = '1.52';

const versionPattern = /^(\d{1,3})\.(\d{1,3})$/u;

/** Negative, zero or positive. @param left e.g. `1.41` */
export const compareApiVersions = (left: string, right: string): number => {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
};

/**
 * The version to speak, from the answer to `GET /version` or the `Api-Version` header put in its shape.
 * @throws EngineError `not-a-docker-api`, `api-too-old`
 */
export const negotiateApiVersion = (answer: unknown): string => {
  const claimed = fieldOf(answer, 'ApiVersion');
  if (claimed === undefined || !versionPattern.test(claimed)) {
    throw new EngineError('not-a-docker-api', {
      detail:
        claimed === undefined
          ? 'The answer names no API version.'
          : `"${quoteHostText(claimed, 40)}" is not an API version.`,
    });
  }
  if (compareApiVersions(claimed, oldestApiVersion) < 0) {
    throw new EngineError('api-too-old', {
      detail: `The engine speaks API ${claimed}; ${oldestApiVersion} is the oldest that can be read.`,
    });
  }
  return compareApiVersions(claimed, newestApiVersion) < 0 ? claimed : newestApiVersion;
};

const fieldOf = (answer: unknown, field: string): string | undefined => {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const value: unknown = Reflect.get(answer, field);
  return typeof value === 'string' ? value : undefined;
};
