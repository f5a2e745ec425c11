import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';

export type ReadinessCheck = (signal: AbortSignal) => Promise<void>;

const checkTimeoutMs = 2000;

/** What must work for this process to take requests; parts register their check when they start. */
@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  readonly #checks = new Map<string, ReadinessCheck>();
  #isShuttingDown = false;

  /** @param check rejects when the part can't be used */
  register(part: string, check: ReadinessCheck): void {
    this.#checks.set(part, check);
  }

  /** Each part with `ok` or what is wrong with it, in words that may be public. */
  async check(): Promise<Record<string, 'ok' | 'unavailable' | 'shutting down'>> {
    if (this.#isShuttingDown) return { process: 'shutting down' };
    const entries = [...this.#checks].map(async ([part, check]): Promise<[string, 'ok' | 'unavailable']> => {
      const deadline = AbortSignal.timeout(checkTimeoutMs);
      const late = new Promise<never>((_resolve, reject) => {
        deadline.addEventListener('abort', () => reject(new Error('timed out')), { once: true });
      });
      try {
        await Promise.race([check(deadline), late]);
        return [part, 'ok'];
      } catch {
        return [part, 'unavailable'];
      }
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** So that a load balancer looks elsewhere while the rest is drained. */
  beforeApplicationShutdown(): void {
    this.#isShuttingDown = true;
  }
}
