export { CoreModule, LOGGER } from './core.module.ts';
export type { Core } from './core.module.ts';
export { closeCore, openCore } from './open-core.ts';
