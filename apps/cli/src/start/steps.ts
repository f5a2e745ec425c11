/** A progress line for each step of the start, on stderr: stdout holds the result alone. */
export class Steps {
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void = (text) => void process.stderr.write(text)) {
    this.#write = write;
  }

  async run<T>(title: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    this.#write(`• ${title} …\n`);
    const result = await work();
    this.#write(`✓ ${title} (${((performance.now() - started) / 1_000).toFixed(1)} s)\n`);
    return result;
  }

  note(text: string): void {
    this.#write(`  ${text}\n`);
  }
}
