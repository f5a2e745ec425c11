import 'reflect-metadata';
import { ConfigInvalid, loadConfig } from '@plimsoll/config';
import { runWorker } from './run-worker.ts';

try {
  await runWorker(loadConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof ConfigInvalid ? error.message : describe(error)}\n`);
  process.exitCode = 1;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const nextStep = 'nextStep' in error && typeof error.nextStep === 'string' ? error.nextStep : undefined;
  return nextStep === undefined ? (error.stack ?? error.message) : `${error.message}\n${nextStep}`;
}
