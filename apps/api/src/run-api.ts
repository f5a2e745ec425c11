import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '@plimsoll/config';
import { closeCore, openCore } from '@plimsoll/core';
import type { Core } from '@plimsoll/core';
import type { Logger } from '@plimsoll/telemetry';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApi } from './create-api.ts';

/** Requests that take longer to end than this are cut at shut-down. */
const drainMs = 15_000;

/** Opens everything, listens, and resolves when it does; a signal drains and ends the process. */
export const runApi = async (config: Config): Promise<void> => {
  const startedAt = performance.now();
  const core = await openCore(config, 'api');
  const { logger } = core;
  try {
    const api = await createApi(core, consoleOptions(logger));
    stopWhenAsked(api, core);
    await api.listen({ host: config.server.host, port: config.server.port });
    const startMs = Math.round(performance.now() - startedAt);
    logger.info({ url: await api.getUrl(), startMs }, 'api is listening');
  } catch (error) {
    await closeCore(core);
    throw error;
  }
};

/** Beside the bundle: `apps/api/dist/main.js` and `apps/console/dist`. */
const consoleOptions = (logger: Logger): { consoleDirectory?: string } => {
  const consoleDirectory = fileURLToPath(new URL('../../console/dist', import.meta.url));
  if (existsSync(consoleDirectory)) return { consoleDirectory };
  logger.warn('the console is not built, only the API is served');
  return {};
};

/** Drains at a signal, or when the supervisor that holds the channel is gone, even after a kill -9. */
const stopWhenAsked = (api: NestFastifyApplication, core: Core): void => {
  const { logger } = core;
  let isStopping = false;
  const drain = async (reason: string): Promise<void> => {
    logger.info({ reason }, 'shutting down');
    const limit = setTimeout(() => {
      logger.warn({ drainMs }, 'requests did not end in time and are cut');
      api.getHttpServer().closeAllConnections();
    }, drainMs);
    await api.close();
    clearTimeout(limit);
    await closeCore(core);
    logger.info('stopped');
  };
  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    drain(reason)
      .catch((error: unknown) => {
        logger.error({ err: error }, 'shut-down failed');
        process.exitCode = 1;
      })
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
