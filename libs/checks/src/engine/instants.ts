const dayMs = 86_400_000;
/** RFC 3339 or a plain day; what JavaScript would guess from other texts is no date. */
const datePattern = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}|$)/;
/** Go's zero time and everything before computers: "never". */
const earliest = Date.UTC(1971, 0, 1);

/** Milliseconds since 1970. Undefined where the text is no date, or Go's `0001-01-01T00:00:00Z`, which means never. */
export const instantOf = (text: string | undefined | null): number | undefined => {
  if (text === undefined || text === null || text.length > 64 || !datePattern.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) || instant < earliest ? undefined : instant;
};

/** Days from one instant to another; fractions included. Undefined where one of them is. */
export const daysBetween = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : (to - from) / dayMs;

/** `2026-11-24` */
export const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
