import { Inject, Injectable, Module } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { Database } from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import { Metrics } from '@plimsoll/telemetry';
import type { Logger } from '@plimsoll/telemetry';
import { LOGGER } from '@plimsoll/core';
import { BacklogMetrics } from './backlog-metrics.ts';
import { type HealthServer, startHealthServer } from './health-server.ts';

/** Answers for the process where a port is set for it. */
@Injectable()
class HealthRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  #server: HealthServer | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly queues: Queues,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { worker, server, secrets } = this.config;
    if (worker.port === undefined) return;
    const backlog = new BacklogMetrics(this.metrics.registry, this.database, this.queues);
    this.#server = await startHealthServer({
      host: server.host,
      port: worker.port,
      metricsToken: secrets.metricsToken,
      checks: { database: () => this.database.ping(), queue: () => this.queues.ping() },
      metrics: async () => {
        await backlog.read();
        return { type: this.metrics.registry.contentType, text: await this.metrics.registry.metrics() };
      },
    });
    this.log.info({ url: this.#server.url }, 'worker answers for its health');
  }

  /** Last of all: until then somebody may ask whether it still drains. */
  async onApplicationShutdown(): Promise<void> {
    await this.#server?.close();
  }
}

@Module({ providers: [HealthRunner] })
export class HealthModule {}
