import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { issueCertificate, makeAuthority } from '@plimsoll/engine-simulator';
import type { AnswerFault, SimulatedFaults } from '@plimsoll/engine-simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseEngineAddress, selfHostedHostPolicy, testConnection } from './index.ts';
import { aSimulatedTarget } from './testing/simulated-target.ts';

/** As of a deployment whose tenants do not trust each other. */
const publicOnly = { ...selfHostedHostPolicy, allowPrivate: false, allowLoopback: false };
const limits = { connectTimeoutMs: 2_000, idleTimeoutMs: 1_000 };

test('a good host is told with its version', async () => {
  const { target, host } = await aSimulatedTarget();
  await expect(testConnection(target)).resolves.toMatchObject({
    ok: true,
    apiVersion: '1.41',
    engine: { name: 'sample-host', version: '20.10.24+dfsg1' },
    connection: { resolvedAddress: '127.0.0.1', negotiated: { protocol: 'TLSv1.3' } },
  });
  expect(host.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /_ping', 'GET /v1.41/info']);
  expect(host.requests[0]?.client).toBe('plimsoll-scanner');
});

describe('what is wrong with TLS is told', () => {
  test.for([
    ['an unknown authority', { certificate: 'unknown-authority' }, 'unknown-authority', 'tls'],
    ['an expired certificate', { certificate: 'expired' }, 'certificate-expired', 'tls'],
    ['a certificate of tomorrow', { certificate: 'not-yet-valid' }, 'certificate-not-yet-valid', 'tls'],
    ['a certificate for another name', { certificate: 'wrong-name' }, 'name-mismatch', 'tls'],
    ['plain HTTP behind the port', { plainHttp: true }, 'plain-http-behind-port', 'tls'],
    [
      'a refused client certificate',
      { clientCertificates: 'refused' },
      'client-certificate-rejected',
      'authentication',
    ],
    [
      'a client certificate refused within TLS 1.2',
      { clientCertificates: 'refused', onlyTls12: true },
      'client-certificate-rejected',
      'authentication',
    ],
  ] as const satisfies [string, SimulatedFaults, string, string][])('%s', async ([, faults, reason, step]) => {
    const { target } = await aSimulatedTarget({ faults });
    const report = await testConnection(target, { limits });
    expect(report).toMatchObject({ ok: false, reason, step });
  });

  test('TLS behind a port that is registered without it', async () => {
    const { target } = await aSimulatedTarget();
    const report = await testConnection({ ...target, tls: undefined, allowPlainTcp: true }, { limits });
    // A Node server closes such a connection without the sentence that dockerd sends; both are told apart from success.
    expect(report).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^(?:tls-behind-port|connection-reset)$/u),
    });
  });

  test('an authority of our own that did not sign the host', async () => {
    const { target, host } = await aSimulatedTarget();
    const other = await makeAuthority('Another authority');
    const report = await testConnection({ ...target, tls: { ...host.tls, ca: other.certificate } });
    expect(report).toMatchObject({ ok: false, reason: 'unknown-authority' });
    expect(host.requests).toEqual([]);
  });

  test.for([
    [
      'of another authority',
      { certificate: 'unknown-authority' },
      'The host shows a certificate for "CN=sample-host", issued by "CN=Somebody else". Registered is "CN=Plimsoll simulated host authority".',
    ],
    [
      'of another authority within TLS 1.2',
      { certificate: 'unknown-authority', onlyTls12: true },
      'The host shows a certificate for "CN=sample-host", issued by "CN=Somebody else". Registered is "CN=Plimsoll simulated host authority".',
    ],
  ] as const satisfies [string, SimulatedFaults, string][])(
    'a certificate %s is told with the names on both sides',
    async ([, faults, detail]) => {
      const { target, host } = await aSimulatedTarget({ faults });
      expect(await testConnection(target, { limits })).toMatchObject({ ok: false, detail });
      expect(host.requests).toEqual([]);
    },
  );

  test('a client certificate of another authority', async () => {
    const { target, host } = await aSimulatedTarget();
    const stranger = await issueCertificate(await makeAuthority('Strangers'), { commonName: 'x', usage: 'client' });
    const report = await testConnection({ ...target, tls: { ...host.tls, ...stranger } });
    expect(report).toMatchObject({ ok: false, reason: 'client-certificate-rejected' });
  });

  test('a key that does not fit', async () => {
    const { target, host } = await aSimulatedTarget();
    const other = await issueCertificate(host.authority, { commonName: 'x', usage: 'client' });
    const report = await testConnection({ ...target, tls: { ...host.tls, key: other.key } });
    expect(report).toMatchObject({ ok: false, reason: 'client-material-unusable' });
  });
});

describe('what is wrong on the way is told', () => {
  test('a name that nobody knows', async () => {
    const report = await testConnection({
      address: parseEngineAddress('tcp://no-such-host.invalid:2376'),
      policy: selfHostedHostPolicy,
      allowPlainTcp: true,
    });
    expect(report).toMatchObject({ ok: false, reason: 'name-not-found', step: 'address' });
  });

  test('a port on which nobody listens', async () => {
    const { target, host } = await aSimulatedTarget();
    await host.close();
    await expect(testConnection(target)).resolves.toMatchObject({ ok: false, reason: 'connection-refused' });
  });

  test('a port that accepts and says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      silent.close();
    });
    const { target } = await aSimulatedTarget();
    const address = parseEngineAddress(`tcp://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const report = await testConnection({ ...target, address }, { limits: { connectTimeoutMs: 200 } });
    expect(report).toMatchObject({ ok: false, reason: 'timed-out', step: 'network' });
  });

  test('a socket that is not there', async () => {
    const address = parseEngineAddress('unix:///nonexistent/docker.sock');
    await expect(
      testConnection({ address, policy: selfHostedHostPolicy, allowUnixSockets: true }),
    ).resolves.toMatchObject({ ok: false, reason: 'socket-not-found' });
  });

  test.for([
    ['a private address among tenants', 'tcp://10.0.0.1:2376', 'PLIMSOLL_HOSTS_ALLOW_PRIVATE'],
    ['a socket where it is not allowed', 'unix:///var/run/docker.sock', 'PLIMSOLL_HOSTS_ALLOW_UNIX_SOCKETS'],
    ['plain TCP where it is not allowed', 'tcp://192.0.2.1:2375', 'PLIMSOLL_HOSTS_ALLOW_PLAIN_TCP'],
  ] as const)('%s is refused, naming the setting', async ([, text, setting]) => {
    const { target } = await aSimulatedTarget();
    const tls = text.endsWith('2376') ? target.tls : undefined;
    const report = await testConnection({ address: parseEngineAddress(text), tls, policy: publicOnly });
    expect(report).toMatchObject({ ok: false, reason: 'address-refused', setting });
    expect(report.ok ? '' : report.nextStep).toContain(setting);
  });
});

describe('what answers in place of an engine is told', () => {
  const notAnEngine = { status: { kind: 'status', status: 404 }, page: { kind: 'not-json' } } as const;
  test.for([
    ['a web server', { headers: false, fault: notAnEngine.status }, 'not-a-docker-api'],
    [
      'a redirect',
      { headers: true, fault: { kind: 'redirect', location: 'http://169.254.169.254/' } },
      'not-a-docker-api',
    ],
    ['a proxy that denies', { headers: true, fault: { kind: 'status', status: 403 } }, 'denied'],
    ['an engine that fails', { headers: true, fault: { kind: 'status', status: 500 } }, 'engine-error'],
    ['a body without end', { headers: true, fault: { kind: 'endless-json' } }, 'not-a-docker-api'],
  ] as const satisfies [string, { headers: boolean; fault: AnswerFault }, string][])(
    '%s',
    async ([, { fault }, reason]) => {
      const { target } = await aSimulatedTarget({ faults: { requests: [{ path: /^\/_ping$/u, fault }] } });
      await expect(testConnection(target, { limits })).resolves.toMatchObject({ ok: false, reason });
    },
  );

  test('an engine of 2015', async () => {
    const recording = {
      origin: 'by hand',
      apiVersion: '1.21',
      minimumApiVersion: '1.12',
      server: 'Docker/1.9.1',
      answers: {},
    };
    const { target } = await aSimulatedTarget({ recording });
    await expect(testConnection(target)).resolves.toMatchObject({ ok: false, reason: 'api-too-old', step: 'api' });
  });

  test('an answer to /info that is a list', async () => {
    const { target } = await aSimulatedTarget({
      faults: { requests: [{ path: /^\/info$/u, fault: { kind: 'body', body: [] } }] },
    });
    await expect(testConnection(target)).resolves.toMatchObject({ ok: false, reason: 'not-a-docker-api' });
  });
});
