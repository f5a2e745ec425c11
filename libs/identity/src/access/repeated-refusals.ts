import type { Clock } from '../clock.ts';

const windowMs = 60_000;
const entryLimit = 10_000;

interface Entry {
  readonly since: number;
  repeats: number;
}

/**
 * Counts refusals that come again within a minute, so that somebody who knows no more than the public beginning of a
 * key can't fill a tenant's audit log, which is kept for ever. Each process counts for itself.
 */
export class RepeatedRefusals {
  readonly #entries = new Map<string, Entry>();
  readonly #now: Clock;

  constructor(now: Clock) {
    this.#now = now;
  }

  /**
   * Undefined where the refusal was noted less than a minute ago: it is counted and not to be written. Else how often it
   * came unwritten since the last one.
   * @param what names credential and reason, e.g. `api-key/0199c0de-…/wrong-secret`
   */
  note(what: string): number | undefined {
    const now = this.#now().getTime();
    const entry = this.#entries.get(what);
    if (entry !== undefined && now - entry.since < windowMs) {
      entry.repeats += 1;
      return undefined;
    }
    this.#entries.delete(what);
    if (this.#entries.size >= entryLimit) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(what, { since: now, repeats: 0 });
    return entry?.repeats ?? 0;
  }

  /** The one that was to be written could not be: the next is the first again. */
  forget(what: string): void {
    this.#entries.delete(what);
  }
}
