import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  type CheckResultDocument,
  type Finding,
  FindingPage,
  Host,
  HostPage,
  type Page,
  Scan,
  ScanResultPage,
} from '@plimsoll/contracts';
import { vi } from 'vitest';
import type { z } from 'zod';
import { Command, type CommandResult } from './command.ts';

/** A port of loopback that nobody uses now. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

export interface StartOptions {
  readonly dataDir: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const ended: ReadonlySet<string> = new Set(['succeeded', 'partial', 'failed', 'cancelled']);
const patience = { timeout: 110_000, interval: 100 };

/** `plimsoll start` on a data folder of its own, used as any client would. */
export class RunningPlimsoll {
  readonly command: Command;
  readonly dataDir: string;
  readonly url: string;

  private constructor(command: Command, dataDir: string, url: string) {
    this.command = command;
    this.dataDir = dataDir;
    this.url = url;
  }

  /** Does not wait for anything. */
  static async start({ dataDir, args = [], environment = {} }: StartOptions): Promise<RunningPlimsoll> {
    const port = environment['PLIMSOLL_PORT'] ?? String(await freePort());
    const command = new Command(['start', ...args], {
      PLIMSOLL_DATA_DIR: dataDir,
      PLIMSOLL_PORT: port,
      ...environment,
    });
    return new RunningPlimsoll(command, dataDir, `http://127.0.0.1:${port}`);
  }

  /** Starts, stops after the first scans, and gives what was printed. */
  static async once(options: StartOptions): Promise<CommandResult> {
    const { command } = await RunningPlimsoll.start({ ...options, args: ['--once', ...(options.args ?? [])] });
    return command.ended();
  }

  /** Until the API answers. */
  isReady(): Promise<void> {
    return this.command.prints(`Plimsoll is ready at ${this.url}\n`);
  }

  /** Until the first scans have ended and their table is printed. */
  hasScanned(): Promise<void> {
    return this.command.prints(`All of it: ${this.url}\n`);
  }

  /** Ctrl-C, and what was printed in all. */
  async stop(): Promise<CommandResult> {
    this.command.interrupt();
    return this.command.ended();
  }

  /** Calls the API with the key of this installation's own start. */
  async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response> {
    const key = await readFile(join(this.dataDir, 'keys', 'start.key'), 'utf8');
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
    return this.#parsed(await this.call('GET', path), schema);
  }

  async post<T extends z.ZodType>(path: string, schema: T, body: unknown): Promise<z.output<T>> {
    return this.#parsed(await this.call('POST', path, body), schema);
  }

  async hosts(): Promise<Host[]> {
    return (await this.get('/v1/hosts?limit=100', HostPage)).items;
  }

  /** Registers a host by its address and TLS material. */
  register(name: string, { url, tls }: { url: string; tls: object }, more: object = {}): Promise<Host> {
    return this.post('/v1/hosts', Host, { name, address: url, credential: tls, ...more });
  }

  startScan({ id }: Host): Promise<Scan> {
    return this.post(`/v1/hosts/${id}/scans`, Scan, {});
  }

  /** Waits for the end of a scan. */
  async scanEnds({ id }: Scan): Promise<Scan> {
    return vi.waitUntil(async () => {
      const scan = await this.get(`/v1/scans/${id}`, Scan);
      return ended.has(scan.state) ? scan : undefined;
    }, patience);
  }

  /** Every finding of a host, page by page. */
  async findings({ id }: Host, limit = 7): Promise<Finding[]> {
    const all: Finding[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: z.output<typeof FindingPage> = await this.get(
        `/v1/findings?hostId=${id}&limit=${limit}${after}`,
        FindingPage,
      );
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  }

  /** What every check said in a scan, page by page. */
  async results(scanId: string): Promise<CheckResultDocument[]> {
    const all: CheckResultDocument[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<CheckResultDocument> = await this.get(
        `/v1/scans/${scanId}/results?limit=100${after}`,
        ScanResultPage,
      );
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  }

  async #parsed<T extends z.ZodType>(response: Response, schema: T): Promise<z.output<T>> {
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} of ${response.url}: ${text}`);
    return schema.parse(JSON.parse(text));
  }
}
