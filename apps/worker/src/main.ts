import 'reflect-metadata';
import { ConfigInvalid, loadConfig } from '@plimsoll/config';

try {
  loadConfig(process.env);
} catch (error) {
  if (!(error instanceof ConfigInvalid)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
