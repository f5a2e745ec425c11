export { Config } from './config.ts';
export { ConfigInvalid } from './config-invalid.ts';
export type { ConfigMistake } from './config-invalid.ts';
export { loadConfig } from './load-config.ts';
export type { RawEnvironment } from './load-config.ts';
export { renderVariablesTable } from './variables-table.ts';
