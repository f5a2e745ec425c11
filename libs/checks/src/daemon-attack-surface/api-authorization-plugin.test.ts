import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf } from '../testing/builders.ts';
import { aSocketEndpoint, anEndpoint } from '../testing/endpoint-builders.ts';
import authorizationPlugin from './api-authorization-plugin.ts';

const snapshotWith = (Authorization: string[] | null | undefined, endpoint = anEndpoint()) =>
  aSnapshot({ info: { Plugins: { Authorization } }, endpoint });

test.for([
  ['passes with a plugin, also one that GET /plugins does not list', ['opa'], {}, 'pass'],
  [
    'passes with an accepted plugin under its tag',
    ['openpolicyagent/opa:latest'],
    { acceptedPlugins: ['openpolicyagent/opa'] },
    'pass',
  ],
  ['fails with one that is not accepted', ['allow-all'], { acceptedPlugins: ['opa'] }, 'fail'],
  ['fails without any', [], {}, 'fail'],
  ['takes null for Go’s empty list', null, {}, 'fail'],
  ['can not tell when the field is missing', undefined, {}, 'unknown'],
] as const)('%s', ([, plugins, parameters, outcome]) => {
  const given = 'acceptedPlugins' in parameters ? { acceptedPlugins: [...parameters.acceptedPlugins] } : {};
  expect(outcomesOf(authorizationPlugin, snapshotWith(plugins && [...plugins]), given)).toEqual([outcome]);
});

test('does not apply where mutual TLS is accepted and holds, and fails where it does not hold', () => {
  const acceptMtlsOnly = { acceptMtlsOnly: true };
  expect(outcomesOf(authorizationPlugin, snapshotWith(null), acceptMtlsOnly)).toEqual(['not-applicable']);
  expect(outcomesOf(authorizationPlugin, snapshotWith(null, aSocketEndpoint()), acceptMtlsOnly)).toEqual(['fail']);
});

test('does not apply to Podman', () => {
  const version = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  expect(outcomesOf(authorizationPlugin, aSnapshot({ version }))).toEqual(['not-applicable']);
});
