import type { HostSnapshot } from '@plimsoll/snapshot';
import { aContainer, aNetwork, anImage, aSnapshot } from './builders.ts';

/** A host with one container that has everything wrong at once, as `docker run --privileged -v / --network host …` makes. */
export const everythingWrong = (): HostSnapshot => {
  const mount = (Source: string) => ({
    Type: 'bind',
    Source,
    Destination: `/host${Source}`,
    RW: true,
    Propagation: 'rshared',
  });
  const sources = ['/', '/var/run/docker.sock', '/var/run', '/etc', '/proc', '/sys', '/dev'];
  return aSnapshot({
    info: { SecurityOptions: ['name=seccomp,profile=builtin', 'name=apparmor'] },
    containers: [
      aContainer({
        name: 'all',
        image: 'example/all',
        hostConfig: {
          Privileged: true,
          NetworkMode: 'host',
          PidMode: 'host',
          IpcMode: 'host',
          UTSMode: 'host',
          UsernsMode: 'host',
          CgroupnsMode: 'host',
          CapAdd: ['ALL'],
          SecurityOpt: ['label=disable'],
          Devices: [{ PathOnHost: '/dev/mem', PathInContainer: '/dev/mem', CgroupPermissions: 'rwm' }],
          DeviceCgroupRules: ['a *:* rwm'],
          ReadonlyRootfs: false,
          PortBindings: { '2375/tcp': [{ HostIp: '', HostPort: '2375' }] },
          Binds: sources.map((source) => `${source}:/host${source}:rshared`),
        },
        config: { User: 'root', Image: 'example/all' },
        inspect: { Mounts: sources.map(mount), Image: 'sha256:0123456789abcdef', AppArmorProfile: 'unconfined' },
        processes: { value: [{ user: 'root', command: '/bin/all' }] },
      }),
      aContainer({ name: 'neighbour', hostConfig: { NetworkMode: 'host' } }),
    ],
    images: [anImage({ repoTags: ['example/all:latest'] })],
    networks: { value: [aNetwork({ Name: 'host', Driver: 'host' })] },
  });
};
