import 'reflect-metadata';
import { ConfigInvalid, loadConfig } from '@plimsoll/config';
import { runApi } from './run-api.ts';

try {
  await runApi(loadConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof ConfigInvalid ? error.message : describe(error)}\n`);
  process.exitCode = 1;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const nextStep = 'nextStep' in error && typeof error.nextStep === 'string' ? `\n${error.nextStep}` : '';
  return nextStep === '' ? (error.stack ?? error.message) : `${error.message}${nextStep}`;
}
