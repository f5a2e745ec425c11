import { Module } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { Database, Notifications } from '@plimsoll/persistence';
import { FairScans, ScanHostPipeline } from '@plimsoll/scanning';
import { Metrics } from '@plimsoll/telemetry';
import type { Logger } from '@plimsoll/telemetry';
import { Vault } from '@plimsoll/vault';
import { LOGGER } from '@plimsoll/core';
import { ScanHostProcessor } from './scan-host.processor.ts';
import { ScanMetrics } from './scan-metrics.ts';

@Module({
  providers: [
    ScanHostProcessor,
    {
      provide: FairScans,
      inject: [Database, ScanHostPipeline],
      useFactory: (database: Database, pipeline: ScanHostPipeline) => new FairScans({ database, pipeline }),
    },
    { provide: ScanMetrics, inject: [Metrics], useFactory: ({ registry }: Metrics) => new ScanMetrics(registry) },
    {
      provide: ScanHostPipeline,
      inject: [Config, Database, Vault, Notifications, ScanMetrics, LOGGER],
      useFactory: (
        { hosts: policy, worker }: Config,
        database: Database,
        vault: Vault,
        notifications: Notifications,
        metrics: ScanMetrics,
        log: Logger,
      ) =>
        new ScanHostPipeline({
          database,
          vault,
          notifications,
          policy,
          log,
          timeoutMs: worker.scanTimeoutMs,
          onEnd: (end) => metrics.count(end),
        }),
    },
  ],
})
export class ScanHostModule {}
