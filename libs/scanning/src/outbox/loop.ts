export interface LoopOptions {
  /** From the end of one round to the start of the next, unless woken. */
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
}

/** Does something again and again, one round at a time: after each interval, and at once when woken. */
export class Loop {
  readonly #work: () => Promise<unknown>;
  readonly #options: LoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #isWoken = false;
  #isStopped = true;

  constructor(work: () => Promise<unknown>, options: LoopOptions) {
    this.#work = work;
    this.#options = options;
  }

  start(): void {
    this.#isStopped = false;
    this.wake();
  }

  /** Begins a round now; during one, another follows it. */
  wake(): void {
    if (this.#isStopped) return;
    if (this.#round !== undefined) {
      this.#isWoken = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#round = this.#doRound();
  }

  /** Resolves after the round at work. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #doRound(): Promise<void> {
    this.#isWoken = false;
    try {
      await this.#work();
    } catch (error) {
      this.#options.onError(error);
    }
    this.#round = undefined;
    if (this.#isStopped) return;
    if (this.#isWoken) this.wake();
    else this.#timer = setTimeout(() => this.wake(), this.#options.intervalMs);
  }
}
