import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Actor } from '@plimsoll/contracts';
import { Database, SCAN_EVENTS_CHANNEL } from '@plimsoll/persistence';
import type { Notifications } from '@plimsoll/persistence';
import { ScanEventsReader } from '@plimsoll/scanning';
import type { Logger } from '@plimsoll/telemetry';
import { LOGGER } from '@plimsoll/core';
import type { ApiReply, ApiRequest } from '../http/api-request.ts';
import { EventStreams } from '../http/event-streams.ts';

/** Streams of scans' events; one connection to the database tells all of them when there is something new. */
@Injectable()
export class ScanStreams implements OnModuleInit, OnApplicationShutdown {
  #notifications: Notifications | undefined;
  #reader: ScanEventsReader | undefined;

  constructor(
    private readonly database: Database,
    private readonly streams: EventStreams,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#notifications = await this.database.openNotifications({
      channels: [SCAN_EVENTS_CHANNEL],
      onError: (error) => this.logger.warn({ err: error }, 'notifications were cut off, will reconnect'),
    });
    this.#reader = new ScanEventsReader({ database: this.database, notifications: this.#notifications });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#notifications?.close();
  }

  /** @throws NotFound before anything was sent */
  async follow(actor: Actor, scanId: string, request: ApiRequest, reply: ApiReply): Promise<void> {
    const reader = this.#reader;
    if (reader === undefined) throw new Error('The module was not initialised');
    await reader.assertExists(actor, scanId);
    this.streams.send(request, reply, async function* events(lastEventId, signal) {
      for await (const event of reader.follow(actor, scanId, lastEventId, signal)) {
        yield { id: event.sequence, event: 'progress', data: event };
      }
    });
  }
}
