import { type DockerBenchError, heldIn } from './docker-bench-error.ts';

const neighbours = 'namespaces/containers-and-neighbours';
const capabilities = 'kernel-privileges/single-capabilities';

/** Matters beyond the benchmark on which one of its tests touches, and decides by halves. */
export const beyondErrors: readonly DockerBenchError[] = [
  {
    check: 'joined-container-namespaces',
    error: 'looks for the word host, never for another container',
    heldBy: heldIn(neighbours, 'fails where that one is privileged'),
  },
  {
    check: 'explicit-root-user',
    error: 'passes root:root',
    heldBy: heldIn('unprivileged-processes/container-users', 'reads other spellings'),
  },
  {
    check: 'root-processes',
    error: 'infers from the configured user whom processes run as',
    heldBy: heldIn('unprivileged-processes/container-users', 'weighs more when it rose'),
  },
  {
    check: 'seccomp-custom-profile',
    error: 'looks for the word unconfined: a profile that lets everything through passes',
    heldBy: heldIn('security-modules/masks-and-profiles', 'fails on a call that is let through'),
  },
  {
    check: 'cap-net-raw',
    error: 'accepts NET_RAW',
    heldBy: heldIn('kernel-privileges/capabilities-in-context', 'fails beside another container on a bridge'),
  },
  {
    check: 'cap-sys-admin',
    error: 'looks for the letters of a capability: ALL and privileged pass',
    heldBy: heldIn(
      capabilities,
      'leaves a privileged container to container-privileged, and one that holds all to cap-all',
    ),
  },
  {
    check: 'writable-kernel-interface',
    error: 'knows /proc and /sys by their exact names alone',
    heldBy: heldIn(
      'kernel-privileges/devices-and-interfaces',
      "['/proc/sys', bind('/proc/sys'), current, '', 'critical'",
    ),
  },
  {
    check: 'swarm-secret-hygiene',
    error: 'passes as soon as one secret exists',
    heldBy: heldIn('orchestration/swarm-objects', 'fails on one that nobody uses'),
  },
  {
    check: 'logging-off',
    error: 'passes a daemon that keeps no log, since it is not json-file',
    heldBy: heldIn(
      'logging-and-operations/logs-and-clock',
      'logging-off is one finding of the daemon where that is its default',
    ),
  },
  {
    check: 'cpu-unbounded',
    error: 'takes a weight for a bound',
    heldBy: heldIn('control-groups/use-of-host', 'fails for a weight alone'),
  },
  {
    check: 'volume-hidden-bind',
    error: 'reads where a volume is kept and not what it is',
    heldBy: heldIn(
      'daemon-attack-surface/volumes-and-plugins',
      "['fails for a sensitive folder', binding('/etc'), 'fail']",
    ),
  },
  {
    check: 'read-only-not-recursive',
    error: 'leaves read-only mounts out',
    heldBy: heldIn('daemon-attack-surface/mounts-and-sockets', "mounting([bind('/', false)], old)"),
  },
  {
    check: 'admin-port-exposed',
    error: 'overlooks every address of IPv6',
    heldBy: heldIn(neighbours, 'a database on another port of the host'),
  },
];
