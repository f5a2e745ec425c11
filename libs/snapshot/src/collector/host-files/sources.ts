import {
  EngineError,
  type HostFileContainer,
  type HostFileContainerRequest,
  type HostFileDoor,
  type HostFileSource,
  type ReadOptions,
} from '@plimsoll/docker-engine';
import type { EngineInfo } from '../../schema/engine.ts';
import { isWithin, spelledOut } from './host-path-names.ts';
import { dataFolderOf } from './places.ts';

/** Without these nothing can be told. */
const indispensable = new Set(['/etc']);

/**
 * The folders of the host that are mounted, each known to exist nearly everywhere. What is mounted below them shows
 * only where that is harmless: below /run and the data folder lie the mounts of every container, and a second view of
 * those would keep them busy while their containers are removed. A hung network file system is never touched: to
 * mount a folder asks nothing of what is mounted below it.
 */
const wantedSources = (info: EngineInfo | undefined): HostFileSource[] => {
  const sources = [
    { path: '/etc', recursive: true },
    { path: '/usr', recursive: true },
    { path: '/run', recursive: false },
    { path: '/boot', recursive: false },
    { path: '/root', recursive: false },
    { path: '/lib', recursive: false },
  ];
  const usesImageStore = info?.DriverStatus?.some(
    ([key, value]) => key === 'driver-type' && value === 'io.containerd.snapshotter.v1',
  );
  const data = [dataFolderOf(info), usesImageStore === true ? '/var/lib/containerd' : undefined];
  for (const folder of data) {
    if (folder === undefined || !/^(?:\/[A-Za-z0-9._@+-]+)+$/u.test(spelledOut(folder))) continue;
    const path = spelledOut(folder);
    if (!sources.some((source) => isWithin(path, source.path))) sources.push({ path, recursive: false });
  }
  return sources;
};

/** The engine refuses the whole container for one source that does not exist, names it, and makes nothing. */
const missingSource = ({ detail, httpStatus }: EngineError, sources: readonly HostFileSource[]): string | undefined => {
  if (httpStatus !== 400) return undefined;
  const words = detail.split(/[\s"':,]+/u);
  const named = sources.filter(({ path }) => words.includes(path));
  return named.length === 1 ? named[0]?.path : undefined;
};

/**
 * Makes the container that shows as much of the host as exists.
 * @throws EngineError what the engine said to the last attempt
 */
export const createReader = async (
  door: HostFileDoor,
  request: Omit<HostFileContainerRequest, 'sources'>,
  info: EngineInfo | undefined,
  options: ReadOptions,
): Promise<{ container: HostFileContainer; sources: readonly HostFileSource[] }> => {
  let sources = wantedSources(info);
  for (;;) {
    try {
      return { container: await door.create({ ...request, sources }, options), sources };
    } catch (error) {
      const missing = error instanceof EngineError ? missingSource(error, sources) : undefined;
      if (missing === undefined || indispensable.has(missing)) throw error;
      sources = sources.filter(({ path }) => path !== missing);
    }
  }
};
