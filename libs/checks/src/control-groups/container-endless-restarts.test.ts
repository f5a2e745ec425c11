import { ContainerInspect, SwarmService } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import containerEndlessRestarts from './container-endless-restarts.ts';

const containing = (
  Name: string | undefined,
  MaximumRetryCount: number | undefined = 0,
  container: GivenContainer = {},
  given: GivenSnapshot = {},
) =>
  aSnapshot({
    ...given,
    containers: [aContainer({ ...container, hostConfig: { RestartPolicy: { Name, MaximumRetryCount } } })],
  });

test.for<[string, string | undefined, number | undefined, string]>([
  ['passes without a policy', 'no', 0, 'pass'],
  ['passes with the empty name that engines before 25 stored', '', 0, 'pass'],
  ['passes with a bounded number of tries', 'on-failure', 5, 'pass'],
  ['fails with more tries than the maximum', 'on-failure', 6, 'fail'],
  ['fails on failure without a bound, whose count is 0', 'on-failure', 0, 'fail'],
  ['fails for always, whose count is 0 too', 'always', 0, 'fail'],
  ['fails for always with a count left from old records', 'always', 3, 'fail'],
  ['fails for unless-stopped', 'unless-stopped', 0, 'fail'],
  ['can not tell a policy that no engine has', 'sometimes', 0, 'unknown'],
  ['can not tell without the name', undefined, 0, 'unknown'],
])('%s', ([, name, tries, outcome]) => {
  expect(outcomesOf(containerEndlessRestarts, containing(name, tries))).toEqual([outcome]);
});

test('can not tell when the count or the policy was not seen', () => {
  const containers = [
    aContainer({ hostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: undefined } } }),
    aContainer({ hostConfig: { RestartPolicy: undefined } }),
  ];
  expect(outcomesOf(containerEndlessRestarts, aSnapshot({ containers }))).toEqual(['unknown', 'unknown']);
});

test.for([
  ['by the name of the container', ['web-*']],
  ['by its compose service', ['compose:shop/web']],
  ['by its image', ['example/web']],
] as const)('the policy allows it %s', ([, allowAlwaysFor]) => {
  const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };
  const snapshot = containing('always', 0, { name: 'web-1', labels });
  expect(outcomesOf(containerEndlessRestarts, snapshot, { allowAlwaysFor: [...allowAlwaysFor] })).toEqual(['pass']);
  expect(outcomesOf(containerEndlessRestarts, snapshot, { allowAlwaysFor: ['db', 'we'] })).toEqual(['fail']);
});

test('a crash loop that goes on weighs a step more, restarts of the past are mentioned', () => {
  const looping = containing('always', 0, {
    state: 'restarting',
    inspect: ContainerInspect.parse({ RestartCount: 12, State: { Status: 'restarting', Restarting: true } }),
  });
  const past = containing('always', 0, { inspect: { RestartCount: 12 } });
  expect(resultsOf(containerEndlessRestarts, looping)).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
  expect(resultsOf(containerEndlessRestarts, past)).toMatchObject([
    { outcome: 'fail', severity: 'low', reason: expect.stringContaining('12 times') },
  ]);
});

test('a stopped container is worth a note, and Podman needs a unit for its restarts', () => {
  expect(resultsOf(containerEndlessRestarts, containing('always', 0, { state: 'exited' }))).toMatchObject([
    { severity: 'info' },
  ]);
  const podman = { version: { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] } };
  expect(resultsOf(containerEndlessRestarts, containing('always', 0, {}, podman))).toMatchObject([
    { outcome: 'fail', reason: expect.stringContaining('podman-restart.service') },
  ]);
});

const aTask = (RestartPolicy: object | null | undefined) => {
  const missing = { missing: 'not-requested', detail: 'not part of this test' } as const;
  const service = SwarmService.parse({ ID: 's1', Spec: { Name: 'api', TaskTemplate: { RestartPolicy } } });
  return containing(
    '',
    0,
    { labels: { 'com.docker.swarm.service.id': 's1', 'com.docker.swarm.service.name': 'api' } },
    {
      swarm: {
        value: { nodes: missing, services: { value: [service] }, tasks: missing, secrets: missing, configs: missing },
      },
    },
  );
};

test.for<[string, object | null | undefined, string]>([
  ['passes when the service restarts nothing', { Condition: 'none' }, 'pass'],
  ['passes with a bounded number of tries', { Condition: 'on-failure', MaxAttempts: 3 }, 'pass'],
  ['passes for any end with a bounded number of tries', { Condition: 'any', MaxAttempts: 5 }, 'pass'],
  ['fails with more tries than the maximum', { Condition: 'any', MaxAttempts: 50 }, 'fail'],
  ['fails without a bound', { Condition: 'on-failure', MaxAttempts: 0 }, 'fail'],
  ['fails when the condition is absent, which means any', { Window: 5 }, 'fail'],
  ['fails when the policy is absent', undefined, 'fail'],
  ['can not tell a condition that no engine has', { Condition: 'sometimes', MaxAttempts: 1 }, 'unknown'],
])('a task of a swarm %s', ([, policy, outcome]) => {
  expect(outcomesOf(containerEndlessRestarts, aTask(policy))).toEqual([outcome]);
});

test('a task of a swarm names the command for its service', () => {
  expect(resultsOf(containerEndlessRestarts, aTask(null))[0]?.remediation).toContain('docker service update');
});

test('can not tell when the labels that name a service were not seen', () => {
  expect(outcomesOf(containerEndlessRestarts, containing('no', 0, { labels: undefined }))).toEqual(['unknown']);
});

test('a task on a worker can not be told: only managers know its policy', () => {
  const snapshot = containing('', 0, { labels: { 'com.docker.swarm.service.id': 's1' } });
  expect(resultsOf(containerEndlessRestarts, snapshot)).toMatchObject([
    { outcome: 'unknown', wouldTell: expect.stringContaining('manager') },
  ]);
});
