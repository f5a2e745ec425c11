import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { inject } from 'vitest';

export interface CommandResult {
  readonly exitCode: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** Nothing of this machine's Docker, terminal or Plimsoll gets in. */
const environmentWith = (more: Environment): Environment => ({
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  TERM: 'xterm-256color',
  ...more,
});

/** The built `plimsoll` as a process with pipes, as a pipeline would start it. */
export class Command {
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], environment: Environment = {}) {
    this.#child = spawn(process.execPath, ['--enable-source-maps', inject('commandLine'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environmentWith(environment),
      // A process group of its own, as a shell gives each command: Ctrl-C then reaches the whole group.
      detached: true,
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the command has no process');
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves once it has printed this to either stream; rejects when it ends before. */
  async prints(text: string): Promise<void> {
    while (!`${this.#stdout}\n${this.#stderr}`.includes(text)) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`ended without printing "${text}":\n${this.#stdout}\n${this.#stderr}`);
      const leaving = new AbortController();
      const { signal } = leaving;
      const { stdout, stderr } = this.#child;
      const printed = [stdout, stderr].flatMap((stream) => (stream === null ? [] : [once(stream, 'data', { signal })]));
      await Promise.race([...printed, once(this.#child, 'exit', { signal })]).finally(() => leaving.abort());
    }
  }

  /** Presses Ctrl-C in its terminal. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  /** Closes the other side of its stdout, as `| head` does. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  /** Closes the other side of both, as a terminal or a parent does that is gone. */
  abandon(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end, and for all that it printed. */
  async ended(): Promise<CommandResult> {
    // Streams may stay open when a child outlives the command; `close` would then never come.
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream !== null && !stream.readableEnded && !stream.destroyed) await once(stream, 'end');
    return {
      exitCode: this.#child.exitCode ?? this.#child.signalCode,
      stdout: this.#stdout,
      stderr: this.#stderr,
    };
  }
}

/** Runs `plimsoll` to its end. */
export const plimsoll = (args: readonly string[], environment: Environment = {}): Promise<CommandResult> =>
  new Command(args, environment).ended();
