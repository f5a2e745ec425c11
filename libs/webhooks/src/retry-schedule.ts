const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Milliseconds to wait after the first, second … failed attempt; three days in all, as Standard Webhooks suggests.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
 */
export const retryDelaysMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** An endpoint whose every delivery failed for this long is switched off. */
export const disableAfterMs = 5 * 24 * hour;

const longestRetryAfterMs = 24 * hour;
/** Receivers that failed together must not all be called again in the same second. */
const jitterShare = 0.1;

/**
 * When to try again, or `undefined` when that was the last attempt.
 * @param failedAttempts how many attempts have failed, from 1
 * @param retryAfterMs what the receiver asked for (RFC 9110, 10.2.3), if it did
 * @param random 0 to 1
 */
export const nextAttemptDelayMs = (
  failedAttempts: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined => {
  const delay = retryDelaysMs[failedAttempts - 1];
  if (delay === undefined) return undefined;
  const spread = delay * (1 + random * jitterShare);
  return Math.round(Math.max(spread, Math.min(retryAfterMs ?? 0, longestRetryAfterMs)));
};

/** Reads a `Retry-After` header: seconds, or an HTTP date. */
export const retryAfterMs = (header: string | undefined, now: Date): number | undefined => {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * second;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
};
