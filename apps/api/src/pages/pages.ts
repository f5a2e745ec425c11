import type { Type } from '@nestjs/common';
import type { Config } from '@plimsoll/config';
import type { Metrics } from '@plimsoll/telemetry';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../openapi/document.ts';
import { routesOfFeatures } from '../openapi/feature-routes.ts';
import { installConsole } from './console.ts';
import { installMetricsPage } from './metrics-page.ts';
import { installProblemPages } from './problem-pages.ts';
import { installReference } from './reference.ts';

export interface PagesOptions {
  readonly config: Config;
  readonly metrics: Metrics;
  readonly features: readonly Type[];
  readonly consoleDirectory: string | undefined;
}

/** Everything that is served beside the routes of the API: for people, for tools and for Prometheus. */
export const installPages = async (fastify: FastifyInstance, options: PagesOptions): Promise<void> => {
  const { config, metrics, features, consoleDirectory } = options;
  installMetricsPage(fastify, metrics, config.secrets.metricsToken);
  installReference(fastify, () => openApiDocument(routesOfFeatures(features)));
  installProblemPages(fastify);
  if (consoleDirectory !== undefined) await installConsole(fastify, consoleDirectory);
};
