import { type AddressPolicy, EngineError, guardedAgent } from '@plimsoll/docker-engine';
import { Webhook } from 'standardwebhooks';
import { type Agent, errors, request } from 'undici';
import { retryAfterMs } from './retry-schedule.ts';

/** One message to one receiver. */
export interface OutgoingWebhook {
  url: string;
  /** `webhook-id`: the same for every attempt, so that a receiver recognises a repeat. */
  id: string;
  /** The exact bytes that are signed and sent. */
  body: string;
  /** `whsec_…` */
  secret: string;
}

/** What one attempt came to. `error` is a slug where there was no answer. */
export interface AttemptResult {
  startedAt: Date;
  durationMs: number;
  status: number | null;
  responseExcerpt: string | null;
  error: string | null;
  retryAfterMs: number | undefined;
}

/** A receiver has this long to answer in full. */
export const attemptTimeoutMs = 15_000;
const excerptBytes = 1_024;
const responseLimitBytes = 64 * 1_024;

/** Sends signed messages; every connection is guarded and pinned, no redirect is followed, every answer is bounded. */
export class WebhookSender {
  readonly #agent: Agent;
  readonly #now: () => Date;

  constructor(policy: AddressPolicy, now: () => Date = () => new Date()) {
    this.#agent = guardedAgent(policy, {
      connections: 4,
      keepAliveTimeout: 4_000,
      headersTimeout: attemptTimeoutMs,
      bodyTimeout: attemptTimeoutMs,
      maxResponseSize: responseLimitBytes,
    });
    this.#now = now;
  }

  /** Never throws for what the receiver does: that is the result. */
  async send(message: OutgoingWebhook, signal: AbortSignal): Promise<AttemptResult> {
    const startedAt = this.#now();
    const started = performance.now();
    const attempt = { status: null, responseExcerpt: null, error: null, retryAfterMs: undefined };
    const result = await this.#post(message, startedAt, signal).catch((error: unknown) => ({
      ...attempt,
      error: slugOf(error),
    }));
    return { ...attempt, ...result, startedAt, durationMs: Math.round(performance.now() - started) };
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  async #post(
    { url, id, body, secret }: OutgoingWebhook,
    startedAt: Date,
    signal: AbortSignal,
  ): Promise<Partial<AttemptResult>> {
    const response = await request(url, {
      method: 'POST',
      dispatcher: this.#agent,
      // undici's own timeouts restart with every byte: a dripping receiver is ended by this one.
      signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Plimsoll-Webhooks/1',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(startedAt.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(id, startedAt, body),
      },
      body,
    });
    const retryAfter = response.headers['retry-after'];
    return {
      status: response.statusCode,
      responseExcerpt: await excerptOf(response.body),
      retryAfterMs: retryAfterMs(typeof retryAfter === 'string' ? retryAfter : undefined, this.#now()),
    };
  }
}

/** The beginning of an answer, as text that a database and a page can hold. */
const excerptOf = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  for await (const chunk of body) {
    if (kept < excerptBytes) chunks.push(chunk.subarray(0, excerptBytes - kept));
    kept += chunk.byteLength;
  }
  return new TextDecoder().decode(Buffer.concat(chunks)).replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ');
};

const slugOf = (error: unknown): string => {
  if (error instanceof EngineError) return error.reason;
  if (error instanceof errors.ResponseExceededMaxSizeError) return 'response-too-large';
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) return 'timed-out';
  if (error instanceof Error && error.name === 'TimeoutError') return 'timed-out';
  if (error instanceof Error && error.name === 'AbortError') return 'interrupted';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return (
    slugByCode[code ?? ''] ??
    (code?.startsWith('CERT') || code?.includes('CERT') ? 'certificate-rejected' : 'connection-failed')
  );
};

const slugByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-lost',
  UND_ERR_SOCKET: 'connection-lost',
  ETIMEDOUT: 'timed-out',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name-mismatch',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-authority',
};
