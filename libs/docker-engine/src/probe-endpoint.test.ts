import 'reflect-metadata';
import { type TlsOptions, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import { issueCertificate, makeAuthority } from '@plimsoll/engine-simulator';
import type { EndpointFacts } from '@plimsoll/snapshot';
import { expect, onTestFinished, test } from 'vitest';
import { EngineClient, parseEngineAddress, probeEndpoint, selfHostedHostPolicy } from './index.ts';
import { aSimulatedTarget } from './testing/simulated-target.ts';

const now = new Date();

test('a well-kept host lets no stranger in and says whom it trusts', async () => {
  const { target, host } = await aSimulatedTarget();
  const client = await EngineClient.connect(target);
  const before = host.requests.length;
  const facts = await probeEndpoint(target, { now, connection: client.connection, clockSkewMs: 0 });
  expect(facts).toMatchObject({
    transport: 'tls',
    address: host.url,
    resolvedAddress: '127.0.0.1',
    negotiated: { protocol: 'TLSv1.3' },
    plainHttp: { outcome: 'closed' },
    anonymousTls: { outcome: 'refused' },
    versions: [
      { version: 'TLSv1', accepted: false },
      { version: 'TLSv1.1', accepted: false },
      { version: 'TLSv1.2', accepted: true },
      { version: 'TLSv1.3', accepted: true },
    ],
    acceptableAuthorities: ['CN=Plimsoll simulated host authority'],
    registeredAuthorities: [{ isAuthority: true, selfIssued: true }],
    clientCertificate: { subject: 'CN=plimsoll-scanner' },
  });
  expect(['refused', 'closed']).toContain(facts.foreignCertificate?.outcome);
  expect(facts.chain?.[0]).toMatchObject({ subject: 'CN=sample-host', keyType: 'ec', keyBits: 256 });
  // No stranger's request got as far as the engine, and our own certificate was not lent to one.
  expect(host.requests).toHaveLength(before);
  await client.close();
});

test('a host that asks for no certificate is told by its answer', async () => {
  const { target, host } = await aSimulatedTarget({ faults: { clientCertificates: 'not-asked' } });
  const facts = await probeEndpoint(target, { now });
  expect(facts.anonymousTls).toMatchObject({ outcome: 'engine', httpStatus: 200 });
  expect(facts.acceptableAuthorities).toBeUndefined();
  expect(host.requests.map(({ url, client }) => [url, client])).toEqual([
    ['/_ping', undefined],
    ['/version', undefined],
  ]);
});

test('a host that takes certificates of any authority is told by its answer to a foreign one', async () => {
  const { target, host } = await aSimulatedTarget({ faults: { clientCertificates: 'any' } });
  const facts = await probeEndpoint(target, { now });
  expect(facts.foreignCertificate?.outcome).toBe('engine');
  expect(host.requests.at(-1)).toMatchObject({ url: expect.stringContaining('/version') });
  expect(host.requests.at(-1)?.client).toContain('plimsoll-probe');
});

test('plain HTTP on the registered port is told', async () => {
  const { target } = await aSimulatedTarget({ faults: { plainHttp: true } });
  const facts = await probeEndpoint({ ...target, tls: undefined, allowPlainTcp: true }, { now });
  expect(facts).toMatchObject({ transport: 'tcp', plainHttp: { outcome: 'engine', httpStatus: 200 } });
  expect(facts.versions).toBeUndefined();
});

/** What the probe learns of a server that speaks TLS by these options and nothing else. */
const learnedOf = async (options: TlsOptions): Promise<EndpointFacts> => {
  const server = createServer(options, (socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const authority = await makeAuthority('Old habits');
  const client = await issueCertificate(authority, { commonName: 'scanner', usage: 'client' });
  return probeEndpoint(
    {
      address: parseEngineAddress(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`),
      tls: { ca: authority.certificate, ...client },
      policy: selfHostedHostPolicy,
    },
    { now, timeoutMs: 300 },
  );
};

test('TLS 1.0 and weak suites are told where a server offers them', async () => {
  const authority = await makeAuthority('Old habits');
  const issued = await issueCertificate(authority, { commonName: 'old', usage: 'server', names: ['127.0.0.1'] });
  const facts = await learnedOf({
    cert: issued.certificate,
    key: issued.key,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.2',
    ciphers: 'ALL:@SECLEVEL=0',
  });
  expect(facts.versions?.map(({ accepted }) => accepted)).toEqual([true, true, true, false]);
  expect(facts.weakSuites).toMatchObject({ accepted: true, cipher: expect.stringContaining('SHA') });
});

test('authenticated encryption without forward secrecy is told as weak', async () => {
  const publicExponent = new Uint8Array([1, 0, 1]);
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=old',
    keys,
    signingAlgorithm: algorithm,
  });
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  const facts = await learnedOf({
    cert: certificate.toString('pem'),
    key,
    maxVersion: 'TLSv1.2',
    ciphers: 'AES128-GCM-SHA256:@SECLEVEL=0',
  });
  expect(facts.weakSuites).toEqual({ accepted: true, cipher: 'AES128-GCM-SHA256' });
});
