import { aSnapshot } from '../builders.ts';
import { type DockerBenchError, heldIn } from './docker-bench-error.ts';

const managers = 'orchestration/swarm-managers';
const objects = 'orchestration/swarm-objects';
const everySwarmCheck = [
  'swarm-manager-count',
  'swarm-listen-address',
  'swarm-secrets-used',
  'swarm-unlock-key-rotation',
  'swarm-node-certificate-lifetime',
  'swarm-ca-rotation',
  'swarm-separate-planes',
];

export const swarmErrors: readonly DockerBenchError[] = [
  {
    check: 'unused-images',
    error: 'counts containers for images: ten containers of one image hide nine that nobody uses',
    heldBy: heldIn('images/unused-images', 'counts distinct images, not containers'),
  },
  {
    check: 'unused-images',
    error: 'never decides',
    heldBy: heldIn('images/unused-images', 'fails when more than half are unused'),
  },
  {
    check: 'stopped-containers',
    error: 'never decides, whatever the numbers',
    heldBy: heldIn('logging-and-operations/stopped-containers', 'fails with many'),
  },
  {
    check: 'stopped-containers',
    error: 'counts by the state of the moment, whether a container ended a minute or a year ago',
    heldBy: heldIn('logging-and-operations/stopped-containers', 'leaves young ones out'),
  },
  ...everySwarmCheck.map((check) => ({
    check,
    error: 'passes for a swarm that is locked, joining or in error, as if there were none',
    heldBy: {
      snapshot: aSnapshot({ info: { Swarm: { LocalNodeState: 'locked' } } }),
      outcomes: ['unknown' as const],
    },
  })),
  {
    check: 'swarm-manager-count',
    error: 'counts leaders, of which every swarm has one: any number of managers passes',
    heldBy: heldIn(managers, 'fails with two, which is worse than one'),
  },
  {
    check: 'swarm-manager-count',
    error: 'warns on every worker, where its command fails',
    heldBy: heldIn(managers, 'test.for(checks.flatMap((check) => notManagers.map('),
  },
  {
    check: 'swarm-listen-address',
    error: 'looks for port 2377 alone, and within its own network namespace: another port passes, and so does a worker',
    heldBy: heldIn(managers, 'swarm-listen-address needs host files, on workers as well'),
  },
  {
    check: 'swarm-encrypted-overlays',
    error: 'weighs ingress, which is made in clear on every swarm, as any other',
    heldBy: heldIn(objects, 'counts ingress less'),
  },
  {
    check: 'swarm-encrypted-overlays',
    error: 'trusts the option where a node may not encrypt',
    heldBy: heldIn(objects, 'swarm-encrypted-overlays doubts an encrypted network where a node may not encrypt'),
  },
  {
    check: 'swarm-secrets-used',
    error: 'passes as soon as one secret exists, whatever stands in the environment of services',
    heldBy: heldIn(
      objects,
      'swarm-secrets-used does not pass because the swarm has a secret, nor fail because it has none',
    ),
  },
  {
    check: 'swarm-autolock',
    error: 'passes for a locked swarm as if there were none; that it is locked is what shows that it locks',
    heldBy: { snapshot: aSnapshot({ info: { Swarm: { LocalNodeState: 'locked' } } }), outcomes: ['pass'] },
  },
  {
    check: 'swarm-autolock',
    error: 'fetches the very key it is about, and warns on workers',
    heldBy: heldIn(managers, 'swarm-autolock with AutoLockManagers'),
  },
  {
    check: 'swarm-unlock-key-rotation',
    error: 'decides nothing',
    heldBy: heldIn(managers, 'passes in a young swarm'),
  },
  {
    check: 'swarm-node-certificate-lifetime',
    error: 'passes for two days, the example of the benchmark, and for no other value',
    heldBy: heldIn(managers, 'passes with the default'),
  },
  {
    check: 'swarm-ca-rotation',
    error: 'decides nothing',
    heldBy: heldIn(managers, 'fails with an old one, good for twenty years'),
  },
  {
    check: 'swarm-separate-planes',
    error: 'decides nothing',
    heldBy: heldIn(managers, 'swarm-separate-planes does not apply to one node, and can be vouched for'),
  },
];
