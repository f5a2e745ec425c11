import type { Reason } from './comparison.ts';

/** Sections 4 to 7: images, containers, what is left over, and the swarm. */
export const reasonsOfContainers: Readonly<Record<string, Reason>> = {
  'image-user-not-root': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: 'The user `0:0` is root, and docker-bench knows three other spellings. It names running containers, we the images that they were made of.',
  },
  'content-trust': {
    dockerBench: 'WARN',
    ours: 'unknown',
    why: 'docker-bench read a variable of the shell that runs it. Nothing on a host shows what verifies signatures before images run here: that is a question for a person.',
  },
  'image-health-check': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: '`HEALTHCHECK NONE` switches checks off and is no check; the base image that docker-bench names is run by no container.',
  },
  'image-package-update-not-alone': {
    dockerBench: 'INFO',
    ours: 'fail',
    why: 'An update that is followed by an install in the same step is how it should be; only the step that does nothing else is a finding.',
  },
  'image-copy-not-add': {
    dockerBench: 'INFO',
    ours: 'fail',
    why: 'One of the two sets a variable called `ADDITIONAL_OPTIONS`; only the other uses ADD.',
  },
  'image-no-secrets': {
    dockerBench: 'NOTE',
    ours: 'fail',
    why: 'docker-bench only prints a note. The image carries a token in its environment and a password in a build argument.',
  },
  'image-packages-authenticated': {
    dockerBench: 'NOTE',
    ours: 'fail',
    why: 'docker-bench only prints a note. A build step installs with `--allow-unauthenticated`.',
  },
  'container-apparmor-profile': {
    dockerBench: 'WARN',
    ours: 'not-applicable',
    why: 'The benchmark says: if applicable. The engine has no AppArmor on this host, so no container can have a profile.',
  },
  'container-selinux-label': {
    dockerBench: 'WARN',
    ours: 'not-applicable',
    why: 'The host has no SELinux. docker-bench names containers without any security option, and spares those whose label was switched off.',
  },
  'container-capabilities': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: 'A privileged container holds every capability; it was created and not started, and a start is one command away.',
  },
  'container-privileged': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The container is created and not started: only running ones were looked at, and a start is one command away.',
  },
  'container-sensitive-host-mounts': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: 'The whole host mounted to be read, a writable `/etc/passwd`, `/run`, and a volume whose device is `/etc` give as much away.',
  },
  'container-ssh-server': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: "The two others share the host's processes: what ps shows in them runs elsewhere. And nothing has to be run in containers to know.",
  },
  'container-privileged-host-ports': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: 'Port 1024 is the first that is not privileged.',
  },
  'container-needless-ports': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: "Every published port is named there, needed or not; which are needed is for the owner to list. In the host's network every port is open, and none is listed.",
  },
  'container-host-network': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: "One joins the host's network by way of another container, and one is left out there because its name holds the letters nil.",
  },
  'container-cpu-limit': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: 'A quota is a limit; a weight of 1024 is the default and none.',
  },
  'container-read-only-root': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: 'One more container is stopped and can be started as it is.',
  },
  'container-endless-restarts': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The policy always has no bound; docker-bench compares a count that is 0 for exactly those policies.',
  },
  'container-host-pid': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: "One joins the host's process namespace by way of another container.",
  },
  'container-host-ipc': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: "One joins the host's IPC namespace by way of another container.",
  },
  'container-host-devices': {
    dockerBench: 'INFO',
    ours: 'fail',
    why: 'A device rule opens every block device to one container, and a privileged one has them all.',
  },
  'container-ulimit-overrides': {
    dockerBench: 'PASS',
    ours: 'unknown',
    why: 'The daemon gives ulimits to every container, which satisfies the other test. One container overrides them, and whether it needs to is for its owner to say.',
  },
  'container-seccomp-profile': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: 'A privileged container runs without a filter, whatever its options say.',
  },
  'container-no-new-privileges': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: "The daemon's flag says false, and these containers say nothing: a program with the setuid bit makes root of anyone inside.",
  },
  'container-docker-socket': {
    dockerBench: 'WARN',
    ours: 'fail',
    why: 'A folder above the socket and the whole host hold it as well; a volume that is only called like it does not.',
  },
  'unused-images': {
    dockerBench: 'INFO',
    ours: 'pass',
    why: 'docker-bench counts containers for images and decides nothing; less than half of the images here are unused.',
  },
  'stopped-containers': {
    dockerBench: 'INFO',
    ours: 'pass',
    why: 'docker-bench prints the numbers and decides nothing; no container here has been stopped for longer than a day.',
  },
  'swarm-secrets-used': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'One unused secret satisfies docker-bench, while a service gets a password in its environment.',
  },
  'swarm-node-certificate-lifetime': {
    dockerBench: 'INFO',
    ours: 'pass',
    why: "Ninety days is the engine's default and within the bound; docker-bench passes the example of the benchmark, two days, alone.",
  },
  'swarm-ca-rotation': {
    dockerBench: 'INFO',
    ours: 'pass',
    why: 'docker-bench decides nothing. The engine shows the root certificate of the swarm, which is new.',
  },
};
