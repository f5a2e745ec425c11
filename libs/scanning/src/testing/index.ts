export { type World, anActor, openPolicy, openWorld } from './world.ts';
