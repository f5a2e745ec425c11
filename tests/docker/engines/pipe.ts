import type { Socket } from 'node:net';

/** Joins two connections in both directions: the end of one is the end of the other. */
export const pipe = (one: Socket, other: Socket): void => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
};
