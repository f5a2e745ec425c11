import { plain } from './plain.ts';
import { depends, type ExpectedResults } from './row.ts';

/** Podman 4.3 as root, by its Docker-compatible API behind stunnel. */
export const podman: ExpectedResults = {
  ...plain,

  // What no Podman has: there is no daemon with options of its own.
  'api-authorization-plugin': 'not-applicable daemon',
  'builder-entitlements': 'not-applicable daemon',
  'container-logs-leave-host': 'not-applicable daemon',
  'daemon-default-ulimits': 'not-applicable daemon',
  'daemon-log-level': 'not-applicable daemon',
  'daemon-manages-firewall': 'not-applicable daemon',
  'daemon-no-new-privileges': 'not-applicable daemon',
  'default-bridge-isolated': 'not-applicable daemon',
  'default-cgroup-parent': 'not-applicable daemon',
  'engine-supported-release': 'not-applicable daemon',
  'known-vulnerability': 'not-applicable records',
  'live-restore': 'not-applicable daemon',
  'no-experimental-features': 'not-applicable daemon',
  'no-userland-proxy': 'not-applicable daemon',
  // GET /plugins is a 404 here, and no gap.
  'plugin-privileges': 'not-applicable daemon',
  'swarm-mode-wanted': 'not-applicable daemon',
  'userns-remap': 'not-applicable daemon',
  // Every inspect says "oci", whatever runtime it is.
  'runtime-unknown': 'unknown daemon',
  'end-of-life-component': depends(
    'the day, and the distribution of the machine',
    'pass operating-system | not-applicable containerd runc',
    'fail operating-system | not-applicable containerd runc',
    'unknown operating-system | not-applicable containerd runc',
  ),

  // `top` would run the ps of the image inside the container: it is never asked for.
  'container-ssh-server': 'unknown up | not-applicable privileged',
  'root-processes': 'unknown up | not-applicable privileged',

  // What this API leaves out or writes the same for everybody.
  'container-host-ipc': 'unknown all', // "shareable" also for --ipc host
  'log-rotation': 'unknown all', // the bound is a field of Podman's own API
  'masked-paths': 'unknown up | not-applicable privileged',
  // Every image has a digest here, imported ones too, so it proves no registry.
  'container-current-image': 'unknown all',
  'image-origin-unknown': 'unknown app root',
  'image-not-pinned': 'pass good host | fail open privileged',

  // SecurityOpt is always told, so that an absent entry is an answer.
  'container-no-new-privileges': 'pass good | fail open host privileged',
  // Its default set is smaller than Docker's, and has no NET_RAW.
  'cap-net-raw': 'pass up | not-applicable privileged',

  // The import refuses HEALTHCHECK, so no image of this host has one.
  'container-health-check': 'fail up | not-applicable privileged',
  'image-health-check': 'fail app root',
  // Podman writes a history for an import: one ADD into an empty image, and nothing else.
  'image-copy-not-add': 'not-applicable app root',
  'image-package-update-not-alone': 'not-applicable app root',
  'image-packages-authenticated': 'not-applicable app root',

  // Its default network is called podman, and there are none called host and none.
  'flat-network': 'not-applicable app podman',
  'ipv6-publish': 'not-applicable app podman',
  'macvlan-ipvlan': 'not-applicable app podman',
  'network-direct-routing': 'not-applicable app podman daemon',
};
