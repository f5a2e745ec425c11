/** Lets through at most so many at a time, in the order of their coming. */
export class Lane {
  #width: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  async enter(): Promise<void> {
    if (this.#running >= this.#width) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      return promise; // the place of the one who left is handed over
    }
    this.#running += 1;
  }

  /** Lets through more at a time from now on; never fewer. */
  widen(width: number): void {
    this.#width = Math.max(this.#width, width);
    while (this.#running < this.#width) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      next();
    }
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
