import { see } from './container-cases.ts';
import type { DockerBenchError } from './docker-bench-error.ts';

const ports = 'namespaces/container-published-ports';
const joined = 'namespaces/container-host-namespaces';
const restarts = 'control-groups/container-endless-restarts';
const bridge = 'namespaces/container-default-bridge';

/** Networks, namespaces and limits of containers. */
export const limitErrors: readonly DockerBenchError[] = [
  see(
    'container-privileged-host-ports',
    'warns for 1024, which is not privileged',
    ports,
    'passes for 1024, which is not privileged',
  ),
  see('container-privileged-host-ports', 'misses a port bound on IPv6 alone', ports, 'fails for one on IPv6 alone'),
  see(
    'container-privileged-host-ports',
    'does not see ports that a swarm publishes',
    ports,
    'privileged host ports: a service fails once for ingress',
  ),
  see(
    'container-needless-ports',
    'warns for every published port, needed or not',
    ports,
    'by the port of the container',
  ),
  see(
    'container-needless-ports',
    'passes in the network of the host, where every port is open',
    ports,
    'fails in the network namespace of the host',
  ),
  see(
    'container-host-network',
    'passes a container that joins it by way of another',
    joined,
    'is followed through ids and names to the end of the chain',
  ),
  see(
    'container-host-network',
    'leaves out every container with "nil" in its name',
    joined,
    'a name with "nil" in it hides nothing',
  ),
  see(
    'container-memory-limit',
    'passes a limit above the memory of the host',
    'control-groups/container-memory-limit',
    'fails for a limit of all the memory of the host',
  ),
  see(
    'container-memory-limit',
    'passes limits that nothing enforces',
    'control-groups/container-memory-limit',
    'fails where the kernel has no memory limits',
  ),
  see(
    'container-cpu-limit',
    'warns where a quota is the limit',
    'control-groups/container-cpu-limit',
    'passes with a quota',
  ),
  see(
    'container-cpu-limit',
    'passes a weight of 1024, which is the default',
    'control-groups/container-cpu-limit',
    'fails for a weight of 1024, which is the default',
  ),
  see('container-ports-on-all-addresses', 'passes every address of IPv6', ports, 'fails for every IPv6 address alone'),
  see(
    'container-ports-on-all-addresses',
    'does not see ports that a swarm publishes',
    ports,
    'ports on all addresses: a service fails once, in either mode',
  ),
  see(
    'container-endless-restarts',
    'passes always and unless-stopped, whose count is 0',
    restarts,
    'fails for always, whose count is 0 too',
  ),
  see(
    'container-endless-restarts',
    'passes on-failure without a bound',
    restarts,
    'fails on failure without a bound, whose count is 0',
  ),
  see(
    'container-endless-restarts',
    'forgets what it read of a service',
    restarts,
    'fails with more tries than the maximum',
  ),
  see(
    'container-host-pid',
    'passes a container that joins it by way of another',
    joined,
    "['process', containerHostPid, 'PidMode', '']",
  ),
  see(
    'container-host-ipc',
    'passes a container that joins it by way of another',
    joined,
    "['IPC', containerHostIpc, 'IpcMode', 'private']",
  ),
  see(
    'container-ulimit-overrides',
    'has it the wrong way round: it points at containers that override nothing',
    'control-groups/container-ulimit-overrides',
    'passes with none',
  ),
  see(
    'container-ulimit-overrides',
    'passes every container as soon as the daemon has defaults, which the engine writes into them',
    'control-groups/container-ulimit-overrides',
    'can not tell an override from a default within the maxima',
  ),
  see(
    'container-cgroup-parent',
    'warns for everything that Kubernetes makes',
    'control-groups/container-cgroup-parent',
    'passes for what cri-dockerd makes with cgroupfs',
  ),
  see(
    'container-default-bridge',
    'knows the default bridge by the name docker0',
    bridge,
    'knows the default bridge by its option, whatever its device is called',
  ),
  see('container-default-bridge', 'does not see stopped containers', bridge, 'counts a stopped container as a note'),
  see(
    'container-host-user-namespace',
    'reports a setting without effect as it does a real one',
    'namespaces/container-host-user-namespace',
    'one step lower on one that does not',
  ),
];
