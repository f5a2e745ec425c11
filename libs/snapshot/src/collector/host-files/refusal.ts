import { compareApiVersions } from '@plimsoll/docker-engine';
import type { EngineInfo, EngineVersion } from '../../schema/engine.ts';
import type { Missing } from '../../schema/part.ts';

/** `BindOptions.NonRecursive`: an older engine would show, and hold busy, the mounts of every container. */
const oldestApi = '1.40';

export interface EngineKind {
  readonly apiVersion: string;
  readonly isPodman: boolean;
  readonly isWindows: boolean;
  readonly info: EngineInfo | undefined;
  readonly version: EngineVersion | undefined;
}

const notSupported = (detail: string): Missing => ({ missing: 'not-supported', detail });

/** Why host files are not read on such an engine, and what to do; nothing is made there. `undefined`: they can be. */
export const whyNotReadable = ({ apiVersion, isPodman, isWindows, info }: EngineKind): Missing | undefined => {
  if (info === undefined)
    return notSupported(
      'What kind of engine this is was not seen (/info), so nothing is made on it. Let the scan read /info.',
    );
  if (isPodman)
    return notSupported(
      'The engine is Podman: there is no dockerd whose files could be judged. Switch reading host files off for this host.',
    );
  if (isWindows)
    return notSupported(
      'The host runs Windows, whose files these checks do not know. Switch reading host files off for it.',
    );
  if (info.OperatingSystem?.startsWith('Docker Desktop') === true)
    return notSupported(
      'The daemon runs in the virtual machine of Docker Desktop, whose files nobody but Docker Desktop manages. Switch reading host files off for this host.',
    );
  if (info.SecurityOptions?.some((option) => option.startsWith('name=rootless')) === true)
    return notSupported(
      'The daemon is rootless: it reads what its account may read, sees the owner root as nobody, and is started by units of the account, so answers about the host would be wrong. Look at the host itself.',
    );
  if (compareApiVersions(apiVersion, oldestApi) < 0)
    return notSupported(
      `The engine speaks API ${apiVersion}; mounts that leave out what is mounted below them came with ${oldestApi} (Docker 19.03). Update the engine.`,
    );
  return undefined;
};

export const noFittingImage: Missing = {
  missing: 'not-supported',
  detail:
    'No image on the host is for its platform and declares no volumes, and none is ever pulled. Load a small one, for instance: docker pull busybox.',
};
