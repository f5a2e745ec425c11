export { collectSnapshot, type CollectOptions, type CollectProgress } from './collect-snapshot.ts';
