import type { HostSnapshot } from '@plimsoll/snapshot';

/** Work that several checks share, done at most once for a snapshot and forgotten with it. */
export const oncePerSnapshot = <T extends object>(
  work: (snapshot: HostSnapshot) => T,
): ((snapshot: HostSnapshot) => T) => {
  const done = new WeakMap<HostSnapshot, T>();
  return (snapshot) => {
    const known = done.get(snapshot);
    if (known !== undefined) return known;
    const made = work(snapshot);
    done.set(snapshot, made);
    return made;
  };
};
