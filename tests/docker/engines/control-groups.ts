import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Control groups have no namespace that would take them away: what an engine made for its containers stays empty. */
export const removeControlGroups = async (containerIds: readonly string[]): Promise<void> => {
  if (containerIds.length > 0) await removeBelow('/sys/fs/cgroup', containerIds, 0);
};

const deepestParent = 4;

const removeBelow = async (folder: string, ids: readonly string[], depth: number): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    const isOurs = ids.some((id) => path.includes(id));
    if (isOurs || depth < deepestParent) await removeBelow(path, ids, depth + 1);
    if (isOurs) await rmdir(path).catch(() => undefined);
  }
};
