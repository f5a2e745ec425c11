import type { ContainerInspect } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { cleanPath, isWithin } from '../engine/paths.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';

/** Folders that hold programs: writable below a read-only root, they can be changed all the same. */
const programFolders = ['/usr', '/opt', '/app', '/srv'];

export default defineCheck({
  id: 'container-read-only-root',
  theme: 'unprivileged-processes',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.12', '1.6.0': '5.13', '1.7.0': '5.13', '1.8.0': '5.13' },
  cisLevel: 1,
  title: 'Containers run with a read-only root filesystem',
  rationale:
    'Whoever takes over a process in a container can not change its programs, nor leave any behind, when the root filesystem is read-only.',
  remediation:
    'docker run --read-only --tmpfs /tmp --tmpfs /run … and volumes for the rest that is written (compose: read_only: true, tmpfs: [/tmp, /run]). There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.ReadonlyRootfs of every container. It covers the root filesystem alone: writable mounts over folders of programs are mentioned.',
  needs: ['containers'],
  parameters: containerParameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.13',
    'moby/moby api/types/container/hostconfig.go',
    'https://docs.docker.com/reference/cli/docker/container/run/#read-only',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers can not have a read-only root');
      const readOnly = inspect.HostConfig?.ReadonlyRootfs;
      if (readOnly === undefined) return fieldNotSeen('HostConfig.ReadonlyRootfs');
      const evidence = [{ source: 'HostConfig.ReadonlyRootfs', value: readOnly }];
      if (!readOnly) return fail('The root filesystem of the container can be written to', evidence);
      const hollow = writableProgramFolders(inspect);
      return hollow.length === 0
        ? pass('The root filesystem of the container is read-only', evidence)
        : pass(
            `The root filesystem of the container is read-only, but programs may lie in what is mounted writable: ${hollow.join(', ')}`,
            [...evidence, { source: 'Mounts[].Destination', value: hollow }],
          );
    });
  },
});

const writableProgramFolders = ({ Mounts, HostConfig }: ContainerInspect): string[] => {
  const mounted = (Mounts ?? []).flatMap(({ Destination, RW }) =>
    Destination === undefined || RW === false ? [] : [Destination],
  );
  const inMemory = Object.keys(HostConfig?.Tmpfs ?? {});
  // The clean path spells /bin, /sbin and /lib as what they are on current systems: folders of /usr.
  return [...mounted, ...inMemory].filter((destination) =>
    programFolders.some((folder) => isWithin(cleanPath(destination), folder)),
  );
};
