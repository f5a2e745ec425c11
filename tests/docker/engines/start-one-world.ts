/** Starts a world, prints its folder, and stays until it is killed: for the test of what is left then. */
import { plainDocker } from './kinds.ts';
import { startWorld } from './world.ts';

const { folder } = await startWorld(plainDocker('killed'));
console.log(folder);
