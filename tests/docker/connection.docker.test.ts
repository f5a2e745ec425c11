import { testConnection } from '@plimsoll/docker-engine';
import { issueCertificate, makeAuthority } from '@plimsoll/engine-simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithDocker } from './availability.ts';
import { startDockerd, type TestDockerd } from './dockerd.ts';
import { scanOnce, targetOf } from './scan.ts';

describeWithDocker('the connection test against a real dockerd', () => {
  let dockerd: TestDockerd;
  let plain: TestDockerd;
  beforeAll(async () => {
    [dockerd, plain] = await Promise.all([
      startDockerd({ name: 'secure' }),
      startDockerd({ name: 'plain', tls: false }),
    ]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([dockerd.stop(), plain.stop()]);
  }, 60_000);

  test('a certificate of another authority is told as rejected', async () => {
    const stranger = await issueCertificate(await makeAuthority('Strangers'), { commonName: 'x', usage: 'client' });
    const target = { ...targetOf(dockerd), tls: { ...dockerd.tls, ...stranger } };
    await expect(testConnection(target)).resolves.toMatchObject({
      ok: false,
      reason: 'client-certificate-rejected',
      step: 'authentication',
      nextStep: expect.stringContaining('--tlscacert'),
    });
  });

  test('a server certificate in place of a client one is told as rejected', async () => {
    const wrongUsage = await issueCertificate(dockerd.authority, { commonName: 'x', usage: 'server' });
    const target = { ...targetOf(dockerd), tls: { ...dockerd.tls, ...wrongUsage } };
    await expect(testConnection(target)).resolves.toMatchObject({ reason: 'client-certificate-rejected' });
  });

  test('an expired client certificate is told as rejected', async () => {
    const expired = await issueCertificate(dockerd.authority, {
      commonName: 'x',
      usage: 'client',
      notAfter: new Date(Date.now() - 60_000),
    });
    const target = { ...targetOf(dockerd), tls: { ...dockerd.tls, ...expired } };
    await expect(testConnection(target)).resolves.toMatchObject({ reason: 'client-certificate-rejected' });
  });

  test('the wrong authority is told as unknown', async () => {
    const other = await makeAuthority('Others');
    const target = { ...targetOf(dockerd), tls: { ...dockerd.tls, ca: other.certificate } };
    await expect(testConnection(target)).resolves.toMatchObject({ ok: false, reason: 'unknown-authority' });
  });

  test('TLS behind a port that is registered without it is told', async () => {
    const target = { ...targetOf(dockerd), tls: undefined, allowPlainTcp: true };
    await expect(testConnection(target)).resolves.toMatchObject({ ok: false, reason: 'tls-behind-port' });
  });

  test('plain HTTP behind a port that is registered with TLS is told', async () => {
    const target = { ...targetOf(plain), tls: dockerd.tls };
    await expect(testConnection(target)).resolves.toMatchObject({ ok: false, reason: 'plain-http-behind-port' });
  });

  test('the unix socket and plain TCP are read where the operator allows them', async () => {
    const address = { transport: 'unix', path: dockerd.socket } as const;
    const local = { address, policy: targetOf(dockerd).policy, allowUnixSockets: true };
    await expect(testConnection(local)).resolves.toMatchObject({ ok: true, apiVersion: '1.41' });
    const open = { ...targetOf(plain), tls: undefined, allowPlainTcp: true };
    await expect(scanOnce(open)).resolves.toMatchObject({
      endpoint: { value: { transport: 'tcp', plainHttp: { outcome: 'engine', httpStatus: 200 } } },
    });
  });

  test('a port that is closed again is told as refused', async () => {
    const target = { ...targetOf(dockerd), address: { transport: 'tcp', host: '127.0.0.1', port: 1 } as const };
    await expect(testConnection(target)).resolves.toMatchObject({ ok: false, reason: 'connection-refused' });
  });
});
