import type { Evidence } from '@plimsoll/checks';
import { quoteHostText } from '@plimsoll/docker-engine';

const evidenceLimit = 50;
const listLimit = 100;

/**
 * One line that came from a host, fit for a column: PostgreSQL takes no NUL and no unpaired surrogate, and a host must
 * not fill a table or write over somebody's screen.
 */
export const storableText = (text: string): string => quoteHostText(text, 1_000);

const unwantedInLines = /[[\p{Cc}\u2028-\u202e\u2066-\u2069]--[\n\t]]/gv;

/** The same for text of several lines, whose indentation is kept. */
export const storableLines = (text: string): string =>
  text.slice(0, 20_000).toWellFormed().replaceAll(unwantedInLines, ' ');

/** Evidence in bounds: at most fifty facts, each of bounded length. */
export const storableEvidence = (evidence: readonly Evidence[]): Evidence[] =>
  evidence
    .slice(0, evidenceLimit)
    .map(({ source, value }) => ({ source: quoteHostText(source), value: bounded(value) }));

const bounded = (value: Evidence['value']): Evidence['value'] => {
  if (typeof value === 'string') return quoteHostText(value, 2_000);
  if (typeof value !== 'object' || value === null) return value;
  const shown = value.slice(0, listLimit).map((one) => quoteHostText(one, 1_000));
  return value.length > listLimit ? [...shown, `… and ${value.length - listLimit} more`] : shown;
};
