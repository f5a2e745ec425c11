import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemDocument } from '@plimsoll/contracts';
import type { z } from 'zod';
import { CommandFailed } from '../output/command-failed.ts';

const pollMs = 50;
const readyTimeoutMs = 60_000;

/** The API refused a call, and says why. */
export class ApiProblem extends CommandFailed {}

/** The few calls that the first run makes of the API, as any client would. */
export class ApiClient {
  readonly baseUrl: string;
  readonly #accessToken: () => Promise<string>;

  /** @param accessToken asked for at each call, since tokens live for minutes only */
  constructor(baseUrl: string, accessToken: () => Promise<string>) {
    this.baseUrl = baseUrl;
    this.#accessToken = accessToken;
  }

  get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
    return this.#send('GET', path, schema);
  }

  /** @param key makes a repetition harmless */
  post<T extends z.ZodType>(path: string, schema: T, body: unknown, key: string): Promise<z.output<T>> {
    return this.#send('POST', path, schema, { body, headers: { 'Idempotency-Key': key } });
  }

  patch<T extends z.ZodType>(path: string, schema: T, body: unknown): Promise<z.output<T>> {
    return this.#send('PATCH', path, schema, { body, headers: { 'If-Match': '*' } });
  }

  async #send<T extends z.ZodType>(
    method: string,
    path: string,
    schema: T,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<z.output<T>> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${await this.#accessToken()}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new CommandFailed('api-unreachable', `The API at ${this.baseUrl} does not answer.`, { cause });
    });
    const answer: unknown = await response.json();
    if (response.ok) return schema.parse(answer);
    const problem = ProblemDocument.parse(answer);
    throw new ApiProblem(problem.type.split('/').at(-1) ?? 'problem', `${method} ${path}: ${problem.title}`, {
      why: problem.detail,
    });
  }
}

/** Waits until the API can do its work. @throws CommandFailed; what `assertAlive` throws when its process died */
export const waitUntilReady = async (baseUrl: string, assertAlive: () => void, signal: AbortSignal): Promise<void> => {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    const ready = await fetch(`${baseUrl}/readyz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
    }).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    signal.throwIfAborted();
    assertAlive();
    await sleep(pollMs, undefined, { signal });
  }
  throw new CommandFailed(
    'api-not-ready',
    `The API at ${baseUrl} did not become ready within ${readyTimeoutMs / 1_000} s.`,
  );
};
