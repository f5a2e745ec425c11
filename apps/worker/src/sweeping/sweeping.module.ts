import { Inject, Injectable, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { Database } from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import {
  ExpiredAnswersSweeper,
  JudgeAgainSweeper,
  Loop,
  RetentionSweeper,
  StalledScansSweeper,
} from '@plimsoll/scanning';
import type { Logger } from '@plimsoll/telemetry';
import { WebhookDeliverer } from '@plimsoll/webhooks';
import { LOGGER } from '@plimsoll/core';
import { WebhooksModule } from '../webhooks/webhooks.module.ts';

const unfinishedIntervalMs = 5_000;
const answersIntervalMs = 900_000;
const retentionIntervalMs = 3_600_000;

/** Looks after what a crash left behind and what time has ended. Several workers may do it at once. */
@Injectable()
class SweepRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #loops: readonly Loop[];

  constructor(
    database: Database,
    queues: Queues,
    deliverer: WebhookDeliverer,
    { snapshots }: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    const stalled = new StalledScansSweeper({ database, queues });
    const answers = new ExpiredAnswersSweeper({ database });
    const judging = new JudgeAgainSweeper({ database });
    const retention = new RetentionSweeper({ database, snapshotDays: snapshots.retentionDays });
    const every = (intervalMs: number, what: string, sweep: () => Promise<unknown>): Loop =>
      new Loop(sweep, {
        intervalMs,
        onError: (error) => log.warn({ err: error, what }, 'sweep failed, will try again'),
      });
    this.#loops = [
      every(unfinishedIntervalMs, 'scans', () => stalled.sweep()),
      every(unfinishedIntervalMs, 'deliveries', () => deliverer.addDue()),
      every(answersIntervalMs, 'answers', () => answers.sweep()),
      every(unfinishedIntervalMs, 'judgements', () => judging.sweep()),
      every(retentionIntervalMs, 'retention', () => retention.sweep()),
    ];
  }

  onApplicationBootstrap(): void {
    for (const loop of this.#loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}

@Module({ imports: [WebhooksModule], providers: [SweepRunner] })
export class SweepingModule {}
