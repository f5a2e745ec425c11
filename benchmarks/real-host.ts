import { accessSync, constants } from 'node:fs';
import { type TestDockerd, startDockerd } from '../tests/docker/dockerd.ts';
import { buildImage, importBusybox } from '../tests/docker/images.ts';
import type { MeasuredHost } from './measured-host.ts';
import type { Say } from './measure.ts';

/** Why no dockerd can be started here; undefined where it can. */
export const whyNoRealHost = (): string | undefined => {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to start a dockerd of its own';
  try {
    for (const binary of ['/usr/sbin/dockerd', '/usr/bin/docker', '/bin/busybox']) accessSync(binary, constants.X_OK);
    return undefined;
  } catch {
    return 'needs the Debian packages docker.io and busybox-static';
  }
};

const image = 'registry.bench.example/app:1.0.0';
const network = 'bench';
/** Few enough that the engine is not what is measured while it starts them. */
const atATime = 4;

/** A dockerd of its own with so many running containers, as a service with replicas would have them. */
export const startRealHost = async (containers: number, say: Say): Promise<MeasuredHost> => {
  const dockerd = await startDockerd({ name: `bench${containers}` });
  try {
    await importBusybox(dockerd, 'busybox:1.35.0');
    await buildImage(
      dockerd,
      image,
      'FROM busybox:1.35.0\nENV LOG_LEVEL=info PORT=8080\nUSER 1000:1000\nEXPOSE 8080\nCMD ["sleep","86400"]',
    );
    await dockerd.docker('network', 'create', network);
    const left = Array.from({ length: containers }, (_unused, index) => index).values();
    const runSome = async (): Promise<void> => {
      for (const index of left) {
        await runContainer(dockerd, index);
        if (index % 20 === 19) say(`dockerd runs ${index + 1} of ${containers} containers`);
      }
    };
    await Promise.all(Array.from({ length: atATime }, runSome));
    return { url: dockerd.url, tls: dockerd.tls, stop: () => dockerd.stop() };
  } catch (error) {
    await dockerd.stop();
    throw error;
  }
};

/** Well kept and not, in turn, so that checks have something to say. */
const runContainer = async (dockerd: TestDockerd, index: number): Promise<void> => {
  const kept = ['--read-only', '--cap-drop', 'ALL', '--memory', '32m', '--pids-limit', '50'];
  const grown = ['--env', `DB_PASSWORD=bench-${index}`, '--volume', '/etc:/host/etc:ro', '--restart', 'always'];
  await dockerd.docker(
    'run',
    '--detach',
    '--name',
    `bench-app-${index}`,
    '--network',
    network,
    '--label',
    'com.docker.compose.project=bench',
    '--label',
    'com.docker.compose.service=app',
    ...(index % 2 === 0 ? kept : grown),
    image,
  );
};
