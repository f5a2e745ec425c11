import pg from 'pg';

export interface NotificationsOptions {
  /** The application's connection string. */
  readonly url: string;
  readonly channels: readonly string[];
  /** Told of a lost connection, which is made again by itself. */
  readonly onError?: (error: Error) => void;
  /** How long to wait before connecting again; default 1,000. */
  readonly reconnectMs?: number;
}

/** What PostgreSQL said on a channel. Null: the connection was made anew, so anything may have been missed. */
export type NotificationListener = (payload: string | null) => void;

/**
 * Listens on channels of PostgreSQL over one connection of its own. A notification is a hint to look, never the truth:
 * listeners must look by themselves from time to time too.
 */
export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #listeners = new Map<string, Set<NotificationListener>>();
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  /** Resolves once it listens. */
  static async open(options: NotificationsOptions): Promise<Notifications> {
    const notifications = new Notifications(options);
    await notifications.#connect();
    return notifications;
  }

  /** @returns how to stop */
  listen(channel: string, listener: NotificationListener): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      application_name: 'plimsoll notifications',
      keepAlive: true,
    });
    this.#client = client;
    client.on('error', (error) => this.#options.onError?.(error));
    client.on('end', () => {
      if (this.#client === client) this.#reconnectSoon();
    });
    client.on('notification', ({ channel, payload }) => this.#tell(channel, payload ?? ''));
    await client.connect();
    // Closed meanwhile: nobody else would end it.
    if (this.#isClosed) return client.end();
    for (const channel of this.#options.channels) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
  }

  /** A connection that fails says so twice, by its promise and by its end: one timer, however often this is called. */
  #reconnectSoon(): void {
    this.#client = undefined;
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#reconnect(), this.#options.reconnectMs ?? 1_000);
  }

  async #reconnect(): Promise<void> {
    try {
      await this.#connect();
      for (const channel of this.#options.channels) this.#tell(channel, null);
    } catch (error) {
      this.#options.onError?.(error instanceof Error ? error : new Error(String(error)));
      this.#reconnectSoon();
    }
  }

  #tell(channel: string, payload: string | null): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener(payload);
  }
}
