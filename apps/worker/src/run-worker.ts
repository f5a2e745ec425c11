import { NestFactory } from '@nestjs/core';
import type { Config } from '@plimsoll/config';
import { NestLogger } from '@plimsoll/telemetry';
import { closeWorkerCore, openWorkerCore } from './worker-core.ts';
import type { WorkerCore } from './worker-core.ts';
import { WorkerModule } from './worker.module.ts';

/**
 * Jobs may go on for 20 s. What has not ended by then waits for a queue or database that is gone, and would for ever;
 * the leases of its scans run out, and other workers take them up.
 */
const stopLimitMs = 28_000;

/** A worker that takes up jobs. */
interface RunningWorker {
  /** Takes no more jobs, lets the running ones end, and closes everything. */
  stop(): Promise<void>;
}

/** Starts the worker; resolves once it takes up jobs. What `core` holds stays open. */
const startWorker = async (core: WorkerCore): Promise<RunningWorker> => {
  const application = await NestFactory.createApplicationContext(WorkerModule.with(core), {
    logger: new NestLogger(core.logger),
    abortOnError: false,
  });
  return { stop: () => application.close() };
};

/** Opens everything, works, and ends in order at a signal or when its supervisor is gone. */
export const runWorker = async (config: Config): Promise<void> => {
  const core = await openWorkerCore(config);
  const { logger, queues } = core;
  let worker: RunningWorker;
  try {
    worker = await startWorker(core);
  } catch (error) {
    await closeWorkerCore(core);
    throw error;
  }
  logger.info({ queue: queues.backend, concurrency: config.worker.concurrency }, 'worker takes up jobs');
  let isStopping = false;
  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ reason }, 'draining');
    setTimeout(() => {
      logger.error({ stopLimitMs }, 'could not stop in order and ends all the same');
      process.exit(1);
    }, stopLimitMs).unref();
    worker
      .stop()
      .then(() => closeWorkerCore(core))
      .then(
        () => logger.info('stopped'),
        (error: unknown) => {
          logger.error({ err: error }, 'shut-down failed');
          process.exitCode = 1;
        },
      )
      // Whoever listens for the end of the channel keeps the process alive as long as it is open.
      .finally(() => {
        if (process.connected) process.disconnect();
      });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  process.once('disconnect', () => stop('supervisor gone'));
  // It may have gone while this process was still starting; without a supervisor there is no such property.
  if ('connected' in process && !process.connected) stop('supervisor gone');
};
