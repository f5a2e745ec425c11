import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { type JobWorker, Queues, scanHostJob } from '@plimsoll/queue';
import { FairScans } from '@plimsoll/scanning';

/** Takes up the jobs that ask for a scan. */
@Injectable()
export class ScanHostProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #worker: JobWorker | undefined;

  constructor(
    private readonly queues: Queues,
    private readonly scans: FairScans,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { concurrency } = this.config.worker;
    this.#worker = await this.queues.work(scanHostJob, (scan, job) => this.scans.run(scan, job), {
      concurrency,
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#worker?.close();
  }
}
