import type { Reason } from './comparison.ts';

/** Sections 1 to 3: the host, its daemon and their files. */
export const reasonsOfHost: Readonly<Record<string, Reason>> = {
  'docker-data-own-filesystem': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The folder is a mount point, but a bind mount of a folder on the root file system, as `fstab` says: full images still fill the root.',
  },
  'audit-dockerd-binary': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The rule names `/usr/bin/dockerd`, which does not exist here; the unit starts `/usr/sbin/dockerd`, and nothing watches that.',
  },
  'audit-containerd-runtime-folder': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: "The only rule is on the socket inside the folder; its text holds the folder's path, and nothing else in the folder is watched.",
  },
  'audit-docker-configuration-folder': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The only rule is on `daemon.json` inside the folder; certificates and new files beside it are not watched.',
  },
  'audit-docker-service-unit': {
    dockerBench: 'WARN',
    ours: 'pass',
    why: 'The rule stands in `rules.d`, from which augenrules loads at start; only `audit.rules` was read there.',
  },
  'audit-docker-socket': {
    dockerBench: 'WARN',
    ours: 'pass',
    why: 'The rule is on the socket, which the benchmark means; docker-bench looked for one on the unit file `docker.socket`.',
  },
  'audit-default-docker-file': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The rule records reads alone (`-p r`): whoever changes the file leaves no trace.',
  },
  'audit-containerd-configuration': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'A rule before it says never for the same path, so the kernel records nothing.',
  },
  'audit-containerd-binary': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The rule is on `containerd-shim-runc-v2`, whose path begins alike; containerd itself is not watched.',
  },
  'audit-containerd-shim': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The rule is on `containerd-shim-runc-v2`, whose path begins alike; the older shim is not watched.',
  },
  'audit-runc-binary': {
    dockerBench: 'WARN',
    ours: 'pass',
    why: 'Debian keeps runc in `/usr/sbin`, and the rule is on that file; docker-bench looked for one on `/usr/bin/runc`.',
  },
  'daemon-rootless': {
    dockerBench: 'INFO',
    ours: 'fail',
    why: 'docker-bench only prints a note. The engine itself says that it does not run rootless.',
  },
  'default-bridge-isolated': {
    dockerBench: 'WARN',
    ours: 'pass',
    why: '`--icc=0` switches it off as false does, and the options of the network show it: containers are kept apart.',
  },
  'daemon-log-level': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The level is debug, by `--log-level` on the command line, to which docker-bench never comes.',
  },
  'remote-api-mutual-tls': {
    dockerBench: 'INFO',
    ours: 'pass',
    why: 'The daemon does listen on TCP, by `-H` on its command line; from outside, strangers without a certificate and with a foreign one were refused.',
  },
  'userns-remap': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: '`--userns-remap=` with nothing behind it switches remapping off, and `/info` shows no user namespace.',
  },
  'default-cgroup-parent': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: '`cgroup-parent` in `daemon.json` moves all containers, and nobody has confirmed it; docker-bench drops every line that it reads.',
  },
  'container-logs-leave-host': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The driver local keeps logs on the host, where an intruder can delete them; docker-bench passes anything but `json-file`.',
  },
  'daemon-no-new-privileges': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'The flag says `--no-new-privileges=false`; docker-bench looked for the name alone.',
  },
  'no-userland-proxy': {
    dockerBench: 'WARN',
    ours: 'pass',
    why: '`--userland-proxy=0` switches it off as false does.',
  },
  'no-experimental-features': {
    dockerBench: 'INFO',
    ours: 'fail',
    why: 'The engine says that experimental features are on; docker-bench no longer asks engines after 19.03.',
  },
  'docker-service-unit-mode': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'Mode 0606 lets every account rewrite the unit; compared as a decimal number it is below 644.',
  },
  'docker-configuration-folder-mode': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'Mode 0733 lets every account put files there; compared as a decimal number it is below 755.',
  },
  'registry-certificates-owner': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: '`client.cert` belongs to an ordinary account; only files named `*.crt` were looked at.',
  },
  'registry-certificates-mode': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: '`ca.crt` has mode 0424, by which its group may write, and compared as a decimal number that is below 444; `client.cert` was not looked at.',
  },
  'tls-key-owner': {
    dockerBench: 'INFO',
    ours: 'pass',
    why: 'The key is there, named by `--tlskey` with a blank before its path; only the spelling with an equals sign was understood.',
  },
  'tls-key-mode': {
    dockerBench: 'INFO',
    ours: 'fail',
    why: 'The key is there, named with a blank before its path, and its group may read it.',
  },
  'docker-socket-mode': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'Mode 0646 makes every account root; compared as a decimal number it is below 660.',
  },
  'sysconfig-docker-file-mode': {
    dockerBench: 'PASS',
    ours: 'fail',
    why: 'Mode 0622 lets every account write; compared as a decimal number it is below 644.',
  },
};
