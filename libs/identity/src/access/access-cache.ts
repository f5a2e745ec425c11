import type { Clock } from '../clock.ts';
import type { Principal } from './principal.ts';

const lifetimeMs = 1_000;
const entryLimit = 10_000;

/**
 * Whom a credential stands for, for one second, so that a burst of requests asks the database once. What takes access
 * away in this process clears it, so that it holds at once; other processes follow within the second.
 */
export class AccessCache {
  readonly #entries = new Map<string, { readonly principal: Principal; readonly until: number }>();
  readonly #now: Clock;
  #generation = 0;

  constructor(now: Clock) {
    this.#now = now;
  }

  /** To be read before the database is asked, and given back with the answer. */
  get generation(): number {
    return this.#generation;
  }

  get(credential: string): Principal | undefined {
    const entry = this.#entries.get(credential);
    return entry !== undefined && entry.until > this.#now().getTime() ? entry.principal : undefined;
  }

  /** Keeps an answer, unless the cache was cleared while it was under way: then it may already be wrong. */
  set(credential: string, principal: Principal, generation: number): void {
    if (generation !== this.#generation) return;
    this.#entries.delete(credential);
    if (this.#entries.size >= entryLimit) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(credential, { principal, until: this.#now().getTime() + lifetimeMs });
  }

  /** Forgets all: what is cheap to ask again is not worth finding the right entry for. */
  clear(): void {
    this.#generation += 1;
    this.#entries.clear();
  }
}
