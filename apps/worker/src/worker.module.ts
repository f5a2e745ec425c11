import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CoreModule } from '@plimsoll/core';
import { Notifications } from '@plimsoll/persistence';
import { HealthModule } from './health/health.module.ts';
import { OutboxModule } from './outbox/outbox.module.ts';
import { ScanHostModule } from './scan-host/scan-host.module.ts';
import { SweepingModule } from './sweeping/sweeping.module.ts';
import { WebhooksModule } from './webhooks/webhooks.module.ts';
import type { WorkerCore } from './worker-core.ts';

/** The worker: a module for each kind of job, and for what keeps jobs coming. */
@Module({})
export class WorkerModule {
  static with(core: WorkerCore): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        CoreModule.with(core, [{ provide: Notifications, useValue: core.notifications }]),
        ScanHostModule,
        WebhooksModule,
        OutboxModule,
        SweepingModule,
        HealthModule,
      ],
    };
  }
}
