import type { Evidence, EvidenceValue, Judgement } from './verdict.ts';

const mostEvidence = 100;
const mostItems = 100;
const mostCharacters = 2000;

/** Cuts a text from a host that would fill pages, and says how long it was. Never cuts a surrogate pair in two. */
const boundedText = (text: string): string =>
  text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters).toWellFormed()}… (${text.length} characters)`;

const boundedValue = (value: EvidenceValue): EvidenceValue => {
  if (typeof value === 'string') return boundedText(value);
  if (value === null || typeof value !== 'object') return value;
  const items = value.slice(0, mostItems).map(boundedText);
  return value.length <= mostItems ? items : [...items, `… (${value.length} in all)`];
};

const isShort = (value: EvidenceValue): boolean =>
  typeof value === 'string'
    ? value.length <= mostCharacters
    : value === null ||
      typeof value !== 'object' ||
      (value.length <= mostItems && value.every((item) => item.length <= mostCharacters));

/** A verdict is kept, sent and shown: a host with a million capabilities does not make it a million words long. */
export const bounded = <T extends Judgement>(judgement: T): T => {
  const { reason, evidence } = judgement;
  const fits =
    reason.length <= mostCharacters && evidence.length <= mostEvidence && evidence.every(({ value }) => isShort(value));
  if (fits) return judgement;
  const kept = evidence
    .slice(0, mostEvidence)
    .map(({ source, value }): Evidence => ({ source: boundedText(source), value: boundedValue(value) }));
  return { ...judgement, reason: boundedText(reason), evidence: kept };
};
