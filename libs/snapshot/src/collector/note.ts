import { quoteHostText } from '@plimsoll/docker-engine';
import { redactText } from '../redaction/redact-text.ts';
import type { SnapshotNote } from '../schema/snapshot.ts';

/** What happened on the way that is no failure. Collects; the order is that of events. */
export class Notes {
  readonly all: SnapshotNote[] = [];

  vanished(part: string, subject: string): void {
    const detail = 'It was in the list and gone when asked about.';
    this.#add(part, subject, 'vanished', detail);
  }

  #add(part: string, subject: string, reason: SnapshotNote['reason'], detail: string): void {
    const clean = (text: string): string => redactText(quoteHostText(text), '', () => undefined);
    this.all.push({ part, subject: clean(subject), reason, detail: clean(detail) });
  }

  skipped(part: string, subject: string, detail: string): void {
    this.#add(part, subject, 'skipped', detail);
  }

  /** Less was read than there is, and `detail` says why. */
  cutShort(part: string, detail: string): void {
    this.#add(part, part, 'truncated', detail);
  }

  truncated(part: string, kept: number, all: number): void {
    this.all.push({ part, subject: part, reason: 'truncated', detail: `The first ${kept} of ${all} were looked at.` });
  }
}

/** More things than any host holds; an endless list must not become an endless scan. */
const listLimit = 20_000;

export const bounded = <T>(items: readonly T[], part: string, notes: Notes): readonly T[] => {
  if (items.length <= listLimit) return items;
  notes.truncated(part, listLimit, items.length);
  return items.slice(0, listLimit);
};
