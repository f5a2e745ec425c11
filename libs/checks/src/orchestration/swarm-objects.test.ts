import type { SwarmService } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aNetwork, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aHostInState, aManager, aNode, aService, notManagers } from '../testing/swarm-builders.ts';
import encryptedOverlays from './swarm-encrypted-overlays.ts';
import managerWorkload from './swarm-manager-workload.ts';
import nodesCovered from './swarm-nodes-covered.ts';
import secretHygiene from './swarm-secret-hygiene.ts';
import secretsUsed from './swarm-secrets-used.ts';
import servicePrivileges from './swarm-service-privileges.ts';

const checks = [managerWorkload, nodesCovered, secretHygiene, secretsUsed, servicePrivileges];
test.for(checks.flatMap((check) => notManagers.map((host) => [check.id, host[0], host[2], check, host[1]] as const)))(
  '%s %s: %s',
  ([, , outcome, check, snapshot]) => {
    expect(outcomesOf(check, snapshot)).toEqual([outcome]);
  },
);
const denied = { missing: 'denied', detail: '403' } as const;

const overlay = (Options: Record<string, string> | null | undefined, given = {}) =>
  aNetwork({ Name: 'back', Driver: 'overlay', Ingress: false, Options, ...given });
const withNetworks = (
  networks: ReturnType<typeof aNetwork>[],
  nodes = [aNode('n1', 'manager'), aNode('n2')],
  Version = '29.9.0',
) => aManager({ objects: { nodes }, rest: { networks: { value: networks }, version: { Version } } });

test.for<[string, Record<string, string> | null | undefined, object, string, string]>([
  ['passes with the option', { encrypted: '' }, {}, 'pass', 'medium'],
  ['passes with the option set to false, which encrypts all the same', { encrypted: 'false' }, {}, 'pass', 'medium'],
  ['fails without it', { 'com.docker.network.driver.overlay.vxlanid_list': '4097' }, {}, 'fail', 'medium'],
  ['fails on null options', null, {}, 'fail', 'medium'],
  ['counts ingress less', {}, { Ingress: true }, 'fail', 'low'],
  ['can not tell without options', undefined, {}, 'unknown', 'medium'],
  ['can not tell without a driver', {}, { Driver: undefined }, 'unknown', 'medium'],
])('swarm-encrypted-overlays %s', ([, options, given, outcome, severity]) => {
  expect(resultsOf(encryptedOverlays, withNetworks([overlay(options, given)]))).toMatchObject([
    { outcome, severity, subject: { kind: 'network', name: 'back' } },
  ]);
});

test('swarm-encrypted-overlays leaves other drivers alone, and ingress where a policy says so', () => {
  const others = [aNetwork({ Name: 'docker_gwbridge', Driver: 'bridge' }), aNetwork({ Name: 'm', Driver: 'macvlan' })];
  expect(outcomesOf(encryptedOverlays, withNetworks(others))).toEqual(['not-applicable']);
  const ingress = withNetworks([overlay({}, { Ingress: true })]);
  expect(outcomesOf(encryptedOverlays, ingress, { includeIngress: false })).toEqual(['not-applicable']);
});

test('swarm-encrypted-overlays weighs less in a swarm of one node', () => {
  expect(resultsOf(encryptedOverlays, withNetworks([overlay({})], [aNode('n1', 'manager')]))).toMatchObject([
    { outcome: 'fail', severity: 'low' },
  ]);
});

test('swarm-encrypted-overlays doubts an encrypted network where a node may not encrypt', () => {
  const engine = (EngineVersion: string, OS = 'linux') =>
    aNode('n2', 'worker', { Description: { Hostname: 'two', Platform: { OS }, Engine: { EngineVersion } } });
  const network = overlay({ encrypted: '' });
  const outcomes = ['20.10.23', '23.0.2', '20.10.24', '23.0.3'].flatMap((version) =>
    outcomesOf(encryptedOverlays, withNetworks([network], [aNode('n1', 'manager'), engine(version)])),
  );
  expect(outcomes).toEqual(['unknown', 'unknown', 'pass', 'pass']);
  expect(outcomesOf(encryptedOverlays, withNetworks([network], [engine('29.9.0', 'windows')]))).toEqual(['unknown']);
  expect(outcomesOf(encryptedOverlays, withNetworks([network], [], '23.0.1'))).toEqual(['unknown']);
});

test('swarm-encrypted-overlays judges what a worker lists, and not the whole', () => {
  const snapshot = { ...aHostInState('active'), networks: { value: [overlay({})] } };
  expect(resultsOf(encryptedOverlays, snapshot)).toMatchObject([
    { outcome: 'fail' },
    { outcome: 'unknown', subject: { lastingName: '*' } },
  ]);
});

const secret = { name: 'DB_PASSWORD', verdict: { kind: 'secret', detector: 'name:password' } } as const;
const withServices = (...services: SwarmService[]) => aManager({ objects: { services } });

test.for<[string, SwarmService, string]>([
  ['passes without any', aService(), 'pass'],
  ['fails on a variable', aService({ environment: [secret] }), 'fail'],
  ['leaves a path to a file alone', aService({ environment: [{ ...secret, name: 'DB_PASSWORD_FILE' }] }), 'pass'],
  ['leaves a harmless value alone', aService({ environment: [{ name: 'A', verdict: { kind: 'plain' } }] }), 'pass'],
  [
    'fails on an argument or label',
    aService({}, { secretSightings: [{ where: 'Spec.Labels["x"]', detector: 'format:jwt' }] }),
    'fail',
  ],
  [
    'fails on a variable of the version before',
    aService({}, { PreviousSpec: { TaskTemplate: { ContainerSpec: { environment: [secret] } } } }),
    'fail',
  ],
  ['can not tell without variables', aService({ environment: undefined }), 'unknown'],
  ['does not apply to a plugin', aService({}, { spec: { TaskTemplate: { Runtime: 'plugin' } } }), 'not-applicable'],
])('swarm-secrets-used %s', ([, service, outcome]) => {
  expect(outcomesOf(secretsUsed, withServices(service))).toEqual([outcome]);
});

test('swarm-secrets-used does not pass because the swarm has a secret, nor fail because it has none', () => {
  const objects = { services: [aService({ environment: [secret] })], secrets: [{ ID: 'x', name: 'x' }] };
  expect(outcomesOf(secretsUsed, aManager({ objects }))).toEqual(['fail']);
  expect(outcomesOf(secretsUsed, aManager())).toEqual(['not-applicable']);
  expect(outcomesOf(secretsUsed, aManager({ objects: { services: denied } }))).toEqual(['unknown']);
});

test('swarm-secrets-used names the variable, and holds no value', () => {
  const [result] = resultsOf(secretsUsed, withServices(aService({ environment: [secret] })));
  expect(result?.evidence[0]).toEqual({
    source: 'Spec.TaskTemplate.ContainerSpec.Env["DB_PASSWORD"]',
    value: 'name:password',
  });
});

const task = (NodeID: string, ServiceID: string, State: string | undefined) => ({
  ID: `${NodeID}${ServiceID}`,
  NodeID,
  ServiceID,
  Status: { State },
});
const workload = (
  availability: string,
  tasks: ReturnType<typeof task>[],
  service = aService(),
  workers = [aNode('w')],
) =>
  aManager({
    objects: {
      nodes: [aNode('m', 'manager', { Spec: { Role: 'manager', Availability: availability } }), ...workers],
      tasks,
      services: [service],
    },
  });
const bound = (Name: string) =>
  aService({}, { template: { Placement: { Constraints: ['node.role == manager'] } }, spec: { Name } });

test.for<[string, ReturnType<typeof workload>, string, string?]>([
  ['passes when managers are drained', workload('drain', [task('m', 's1', 'running')]), 'pass'],
  ['passes when tasks run on workers', workload('active', [task('w', 's1', 'running')]), 'pass'],
  ['passes when tasks on managers have ended', workload('active', [task('m', 's1', 'shutdown')]), 'pass'],
  ['fails when an ordinary one runs there', workload('active', [task('m', 's1', 'running')]), 'fail', 'low'],
  [
    'weighs more when it publishes ports',
    workload('active', [task('m', 's1', 'running')], aService({}, { Endpoint: { Ports: [{ PublishedPort: 80 }] } })),
    'fail',
    'medium',
  ],
  ['counts paused managers like active ones', workload('pause', [task('m', 's1', 'running')]), 'fail', 'low'],
  [
    'does not apply without workers',
    workload('active', [task('m', 's1', 'running')], aService(), []),
    'not-applicable',
  ],
  ['can not tell where a task runs', workload('active', [task('w', 's1', undefined)]), 'unknown'],
])('swarm-manager-workload %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(managerWorkload, snapshot)).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('swarm-manager-workload allows services that are bound to managers and listed', () => {
  const running = (service: SwarmService) => {
    const template = service.Spec?.TaskTemplate;
    return workload('active', [task('m', 's1', 'running')], {
      ...service,
      Spec: { ...service.Spec, TaskTemplate: template },
    });
  };
  const traefik = {
    ...bound('edge_traefik'),
    Spec: {
      ...aService().Spec,
      Name: 'edge_traefik',
      TaskTemplate: { ContainerSpec: {}, Placement: { Constraints: ['node.role==manager'] } },
    },
  };
  expect(outcomesOf(managerWorkload, running(traefik))).toEqual(['pass']);
  expect(outcomesOf(managerWorkload, running(aService({}, { spec: { Name: 'edge_traefik' } })))).toEqual(['fail']);
});

const privileges = (...args: Parameters<typeof aService>) =>
  aManager({
    objects: { services: [aService(...args)] },
    rest: {
      networks: {
        value: [aNetwork({ Id: 'h', Name: 'host', Driver: 'host' }), aNetwork({ Id: 'o', Driver: 'overlay' })],
      },
    },
  });
const capable = { CapabilityDrop: ['ALL'] };
const bind = (Source: string, ReadOnly = false) => ({ Type: 'bind', Source, Target: '/x', ReadOnly });

test.for<[string, Parameters<typeof aService>, string, string?]>([
  ['passes when a service asks for nothing', [capable], 'pass'],
  ['fails on the socket', [{ ...capable, Mounts: [bind('/var/run/docker.sock', true)] }], 'fail', 'critical'],
  ['fails on a sensitive folder', [{ ...capable, Mounts: [bind('/usr', true)] }], 'fail', 'medium'],
  [
    'weighs a global one more',
    [
      { ...capable, Mounts: [bind('/usr', true)] },
      {
        spec: {
          Mode: { Global: {} },
          Name: 'web',
          TaskTemplate: { ContainerSpec: { ...capable, Mounts: [bind('/usr', true)] } },
        },
      },
    ],
    'fail',
    'high',
  ],
  ['fails on an added capability', [{ CapabilityDrop: ['ALL'], CapabilityAdd: ['CAP_SYS_ADMIN'] }], 'fail', 'critical'],
  ['fails without seccomp', [{ ...capable, Privileges: { Seccomp: { Mode: 'unconfined' } } }], 'fail', 'high'],
  ['fails without AppArmor', [{ ...capable, Privileges: { AppArmor: { Mode: 'disabled' } } }], 'fail', 'high'],
  ['fails without SELinux', [{ ...capable, Privileges: { SELinuxContext: { Disable: true } } }], 'fail', 'high'],
  [
    'passes with the default written out',
    [{ ...capable, Privileges: { Seccomp: { Mode: 'default' }, AppArmor: { Mode: 'default' } } }],
    'pass',
  ],
  ['fails on the network of the host', [capable, { template: { Networks: [{ Target: 'h' }] } }], 'fail', 'medium'],
  ['passes on a network of its own', [capable, { template: { Networks: [{ Target: 'o' }] } }], 'pass'],
  [
    'can not tell a network that was not listed',
    [capable, { template: { Networks: [{ Target: 'gone' }] } }],
    'unknown',
  ],
  ['can not tell a mount without a source', [{ ...capable, Mounts: [{ Type: 'bind', Target: '/x' }] }], 'unknown'],
  ['does not apply to a plugin', [{}, { spec: { Name: 'p', TaskTemplate: { Runtime: 'plugin' } } }], 'not-applicable'],
  ['can not tell without a specification', [{}, { spec: { TaskTemplate: {} } }], 'unknown'],
])('swarm-service-privileges %s', ([, args, outcome, severity]) => {
  const results = resultsOf(servicePrivileges, privileges(...args));
  expect(results).toMatchObject([severity === undefined ? { outcome } : { outcome, severity }]);
});

test('swarm-service-privileges lets listed services use the network of the host', () => {
  const snapshot = privileges(capable, { template: { Networks: [{ Target: 'h' }] } });
  expect(outcomesOf(servicePrivileges, snapshot, { hostNetworkServices: ['we*'] })).toEqual(['pass']);
});

const aSecret = (CreatedAt: string) => ({ ID: 'x', name: 'key_v1', CreatedAt, UpdatedAt: '2026-11-23T00:00:00Z' });
const naming = aService({ Secrets: [{ SecretID: 'x', SecretName: 'key_v1' }] });

test.for([
  ['passes on a young one in use', '2026-06-01T00:00:00Z', true, 'pass', 'medium'],
  ['fails on an old one, whatever UpdatedAt says', '2025-01-01T00:00:00Z', true, 'fail', 'low'],
  ['fails on one that nobody uses', '2026-06-01T00:00:00Z', false, 'fail', 'low'],
  ['passes on a new one that nobody uses yet', '2026-11-20T00:00:00Z', false, 'pass', 'medium'],
  ['can not tell without a date', '', true, 'unknown', 'medium'],
] as const)('swarm-secret-hygiene %s', ([, created, isUsed, outcome, severity]) => {
  const services = [isUsed ? naming : aService()];
  const snapshot = aManager({ objects: { secrets: [aSecret(created)], services } });
  expect(resultsOf(secretHygiene, snapshot)).toMatchObject([
    { outcome, severity, subject: { kind: 'secret', name: 'key_v1' } },
  ]);
});

test('swarm-secret-hygiene fails on a secret in a config, and not on a template', () => {
  const configs = [
    { ID: 'c', name: 'app', secretDetector: 'format:private-key' },
    { ID: 'd', name: 'nginx', secretDetector: undefined },
  ];
  expect(resultsOf(secretHygiene, aManager({ objects: { configs } }))).toMatchObject([
    {
      outcome: 'fail',
      severity: 'high',
      subject: { lastingName: 'config:app' },
      evidence: [{ value: 'format:private-key' }],
    },
    { outcome: 'pass' },
  ]);
});

test('swarm-secret-hygiene says what it could not see', () => {
  expect(outcomesOf(secretHygiene, aManager())).toEqual(['not-applicable']);
  const secrets = [aSecret('2026-06-01T00:00:00Z')];
  expect(outcomesOf(secretHygiene, aManager({ objects: { secrets, services: denied } }))).toEqual(['unknown']);
  expect(outcomesOf(secretHygiene, aManager({ objects: { secrets: denied } }))).toEqual(['unknown']);
});

const running = (ID: string, role: 'manager' | 'worker', EngineVersion: string | undefined) =>
  aNode(ID, role, { Description: { Hostname: `host-${ID}`, Engine: { EngineVersion } } });
const covered = (nodes: ReturnType<typeof aNode>[], auditedNodes: string[] = []) =>
  resultsOf(nodesCovered, aManager({ objects: { nodes } }), { auditedNodes });

test('swarm-nodes-covered passes when this host is alone, or all others are listed', () => {
  expect(covered([aNode('n1', 'manager')])).toMatchObject([{ outcome: 'pass' }]);
  expect(covered([aNode('n1', 'manager'), aNode('n2')], ['n2'])).toMatchObject([{ outcome: 'pass' }]);
});

test('swarm-nodes-covered can not tell without a list, and fails on a node that is not in it', () => {
  const nodes = [aNode('n1', 'manager'), aNode('n2'), aNode('n3')];
  expect(covered(nodes)).toMatchObject([{ outcome: 'unknown', reason: expect.stringContaining('host-n2') }]);
  expect(covered(nodes, ['n2'])).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
  expect(covered([aNode('n1', 'manager'), aNode('n2'), aNode('n3', 'manager')], ['n2'])).toMatchObject([
    { outcome: 'fail', severity: 'high' },
  ]);
});

test('swarm-nodes-covered matches by ID, since names repeat', () => {
  const twin = aNode('n2', 'worker', { Description: { Hostname: 'host-n1', Engine: { EngineVersion: '29.9.0' } } });
  expect(covered([aNode('n1', 'manager'), twin], ['host-n1'])).toMatchObject([{ outcome: 'fail' }]);
});

test('swarm-nodes-covered leaves nodes alone that are down', () => {
  const down = aNode('n2', 'worker', { Status: { State: 'down' } });
  expect(covered([aNode('n1', 'manager'), down])).toMatchObject([{ outcome: 'pass' }]);
});

test.for([
  ['fails on a worker with a critical flaw, one step less', 'worker', '27.1.0', 'fail', 'high'],
  ['fails on a manager with a critical flaw', 'manager', '27.1.0', 'fail', 'critical'],
  ["can not tell of a distribution's build", 'worker', '20.10.24+dfsg1', 'unknown', 'medium'],
  ['can not tell without a version', 'worker', undefined, 'unknown', 'medium'],
] as const)('swarm-nodes-covered %s', ([, role, version, outcome, severity]) => {
  expect(covered([aNode('n1', 'manager'), running('n2', role, version)], ['n2'])).toMatchObject([
    { outcome, severity },
  ]);
});
