import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './mirror-unencrypted.ts';

type Config = NonNullable<EngineInfo['RegistryConfig']>;
const hub = (Mirrors: string[] | undefined, Secure: boolean | undefined = true) => ({
  'docker.io': { Name: 'docker.io', Mirrors, Secure },
});
const host = (Mirrors: string[] | undefined, rest: Partial<Config> = {}, Version = '28.5.2') =>
  aSnapshot({
    version: { Version },
    info: {
      ServerVersion: Version,
      RegistryConfig: {
        InsecureRegistryCIDRs: ['127.0.0.0/8', '::1/128'],
        IndexConfigs: hub(Mirrors),
        Mirrors,
        ...rest,
      },
    },
  });
const insecure = (name: string) => ({
  IndexConfigs: { ...hub([]), [name]: { Name: name, Secure: false, Mirrors: [] } },
});

test.for<[string, ReturnType<typeof host>, Record<string, unknown>, string]>([
  ['passes with TLS', host(['https://mirror.example/']), {}, 'pass'],
  ['passes in clear text on loopback', host(['http://127.0.0.1:5000']), {}, 'pass'],
  ['fails in clear text', host(['http://mirror.example']), {}, 'fail'],
  [
    'fails when the host is listed as insecure',
    host(['https://mirror.example:5000'], insecure('mirror.example:5000')),
    {},
    'fail',
  ],
  [
    'fails when the address lies in an insecure range',
    host(['https://10.1.2.3'], { InsecureRegistryCIDRs: ['10.0.0.0/8'] }),
    {},
    'fail',
  ],
  [
    'can not tell of a name while there are such ranges',
    host(['https://mirror.example'], { InsecureRegistryCIDRs: ['10.0.0.0/8'] }),
    {},
    'unknown',
  ],
  [
    'passes on an engine that asks for all addresses',
    host(['https://mirror.example'], { InsecureRegistryCIDRs: ['10.0.0.0/8'] }, '29.8.2'),
    {},
    'pass',
  ],
  ['fails on a stranger', host(['https://mirror.example']), { allowedMirrors: ['https://other.example'] }, 'fail'],
  [
    'passes on one that is known, slash or not',
    host(['https://mirror.example/']),
    { allowedMirrors: ['https://mirror.example'] },
    'pass',
  ],
  ['does not apply without mirrors', host([]), {}, 'not-applicable'],
  ['can not tell when neither list was seen', host(undefined), {}, 'unknown'],
  ['can not tell when one was not seen', host(['https://a.example'], { IndexConfigs: undefined }), {}, 'unknown'],
])('%s', ([, snapshot, parameters, outcome]) => {
  expect(outcomesOf(check, snapshot, parameters)).toEqual([outcome]);
});

test('what fails for want of TLS follows from no-insecure-registries; a stranger does not', () => {
  expect(resultsOf(check, host(['http://mirror.example']))).toMatchObject([{ causedBy: 'no-insecure-registries' }]);
  const [stranger] = resultsOf(check, host(['https://a.example']), { allowedMirrors: ['https://b.example'] });
  expect(stranger).not.toHaveProperty('causedBy');
});

test('tells each mirror once and without its login', () => {
  const [result] = resultsOf(check, host(['https://user:hunter2@mirror.example']));
  expect(result?.evidence).toEqual([{ source: 'info.RegistryConfig.Mirrors', value: ['https://mirror.example'] }]);
});
