import { readFile, rm, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import {
  makeAuthority,
  type SimulatedFaults,
  type SimulatedHost,
  startSimulatedHost,
} from '@plimsoll/engine-simulator';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, writeClientFiles, writeContext } from './client-folder.ts';
import { Command, type CommandResult, plimsoll } from './command.ts';

let folder: string;
let host: SimulatedHost;
let other: SimulatedHost;
let tlsFolder: string;
beforeAll(async () => {
  folder = await temporaryFolder('endpoint');
  [host, other] = await Promise.all([startSimulatedHost(), startSimulatedHost()]);
  tlsFolder = await writeClientFiles(join(folder, 'client'), host.tls);
});
afterAll(async () => {
  await Promise.all([host.close(), other.close()]);
  await rm(folder, { recursive: true, force: true });
});

const servers: { close(): unknown }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const addressOf = ({ stdout }: CommandResult): unknown => JSON.parse(stdout).host.address;
const json = ['--format', 'json'] as const;

describe('the host to scan', () => {
  test('is that of DOCKER_HOST, with the files of DOCKER_CERT_PATH', async () => {
    const environment = { DOCKER_HOST: host.url, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tlsFolder };
    expect(addressOf(await plimsoll(['scan', ...json], environment))).toBe(host.url);
  });

  test('is reached with the files of the client’s own folder where only DOCKER_TLS_VERIFY is set', async () => {
    const DOCKER_CONFIG = await writeClientFiles(join(folder, 'config-with-files'), host.tls);
    const environment = { DOCKER_HOST: host.url, DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG };
    expect(addressOf(await plimsoll(['scan', ...json], environment))).toBe(host.url);
  });

  test('is the one given, whatever the environment says', async () => {
    const environment = { DOCKER_HOST: other.url, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nonexistent' };
    expect(addressOf(await plimsoll(['scan', host.url, '--tls-dir', tlsFolder, ...json], environment))).toBe(host.url);
  });

  describe('of a Docker context', () => {
    let configFolder: string;
    beforeAll(async () => {
      configFolder = join(folder, 'contexts-config');
      await writeContext(configFolder, 'production', { address: host.url, tls: host.tls });
      await writeContext(configFolder, 'staging', { address: other.url, tls: other.tls });
      await writeFile(join(configFolder, 'config.json'), JSON.stringify({ auths: {}, currentContext: 'staging' }));
    });

    test.for([
      ['given by name', ['--context', 'production'], {}, () => host.url],
      ['named by DOCKER_CONTEXT', [], { DOCKER_CONTEXT: 'production' }, () => host.url],
      ['that is the current one', [], {}, () => other.url],
      [
        'given by name, though DOCKER_HOST is set',
        ['--context', 'production'],
        { DOCKER_HOST: 'tcp://127.0.0.1:1' },
        () => host.url,
      ],
    ] as const)('%s', async ([, options, environment, expected]) => {
      const result = await plimsoll(['scan', ...json, ...options], { DOCKER_CONFIG: configFolder, ...environment });
      expect(addressOf(result)).toBe(expected());
    });

    test('gives way to DOCKER_HOST when it is only the current one', async () => {
      const environment = { DOCKER_CONFIG: configFolder, DOCKER_HOST: host.url, DOCKER_CERT_PATH: tlsFolder };
      expect(addressOf(await plimsoll(['scan', ...json], environment))).toBe(host.url);
    });

    test('that does not exist is told', async () => {
      const result = await plimsoll(['scan', '--context', 'nowhere'], { DOCKER_CONFIG: configFolder });
      expect(result).toMatchObject({ exitCode: 2, stdout: '' });
      expect(result.stderr).toMatch(/^error {2}context-not-found .*"nowhere".*\nfix .*docker context ls/u);
    });

    test('whose file is broken is told with the file', async () => {
      const broken = join(folder, 'broken-config');
      await writeContext(broken, 'x', { address: host.url });
      await writeFile(join(broken, 'config.json'), '{"currentContext":');
      const result = await plimsoll(['scan'], { DOCKER_CONFIG: broken });
      expect(result).toMatchObject({ exitCode: 2, stdout: '' });
      expect(result.stderr).toContain(join(broken, 'config.json'));
    });
  });

  test('can be a socket of this machine', async () => {
    const socket = join(folder, 'engine.sock');
    const relay = await relayTo(socket, await simulate({ plainHttp: true }));
    const result = await plimsoll(['scan', `unix://${socket}`, ...json]);
    expect(addressOf(result)).toBe(`unix://${socket}`);
    relay.close();
  });
});

const simulate = async (faults: SimulatedFaults): Promise<SimulatedHost> => {
  const simulated = await startSimulatedHost({ faults });
  servers.push(simulated);
  return simulated;
};

/** A UNIX socket before a simulated host. */
const relayTo = async (socketPath: string, { port }: SimulatedHost): Promise<Server> => {
  const { connect } = await import('node:net');
  const server = createServer((incoming) => {
    const outgoing = connect(port, '127.0.0.1');
    incoming.pipe(outgoing).pipe(incoming);
    for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy());
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(socketPath, resolve);
  await promise;
  return server;
};

describe('a scan that is not possible ends with 2, an empty stdout, and', () => {
  const failure = async (args: readonly string[], environment: Record<string, string> = {}): Promise<string> => {
    const { exitCode, stdout, stderr } = await plimsoll(['scan', ...args, '--fail-on', 'low'], environment);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    return stderr;
  };
  const threeLines = (slug: string): RegExp => new RegExp(`^error {2}${slug} {2}.+\nwhy {4}.+\nfix {4}.+\n$`, 'u');

  test('the file that is missing', async () => {
    const incomplete = await writeClientFiles(join(folder, 'incomplete'), host.tls, ['key.pem']);
    const told = await failure([host.url, '--tls-dir', incomplete]);
    expect(told).toMatch(/^error {2}tls-material-missing /u);
    expect(told).toContain(join(incomplete, 'key.pem'));
  });

  test('what is wrong with the files', async () => {
    const mixed = await writeClientFiles(join(folder, 'mixed'), { ...host.tls, key: other.tls.key });
    expect(await failure([host.url, '--tls-dir', mixed])).toMatch(/^error {2}tls-material-unusable .*\nwhy .*key/u);
    const text = await writeClientFiles(join(folder, 'text'), { ...host.tls, certificate: 'hello' });
    expect(await failure([host.url, '--tls-dir', text])).toMatch(/^error {2}tls-material-unusable .*\nwhy .*PEM/u);
  });

  test('that another authority signed the host’s certificate', async () => {
    const ca = (await makeAuthority('Another authority')).certificate;
    const wrong = await writeClientFiles(join(folder, 'wrong-ca'), { ...host.tls, ca });
    expect(await failure([host.url, '--tls-dir', wrong])).toMatch(threeLines('unknown-authority'));
  });

  test('that the host refuses the client’s certificate', async () => {
    const { url, tls } = await simulate({ clientCertificates: 'refused' });
    const refused = await writeClientFiles(join(folder, 'refused'), tls);
    expect(await failure([url, '--tls-dir', refused])).toMatch(threeLines('client-certificate-rejected'));
  });

  test('that the port speaks plain HTTP', async () => {
    const { url, tls } = await simulate({ plainHttp: true });
    const files = await writeClientFiles(join(folder, 'plain'), tls);
    expect(await failure([url, '--tls-dir', files])).toMatch(threeLines('plain-http-behind-port'));
  });

  test('that nobody listens', async () => {
    expect(await failure(['tcp://127.0.0.1:1', '--tls-dir', tlsFolder])).toMatch(threeLines('connection-refused'));
  });

  test('that there is no such socket', async () => {
    const told = await failure([], { DOCKER_HOST: `unix://${join(folder, 'nothing.sock')}` });
    expect(told).toMatch(/^error .*\nwhy .*\nfix /u);
    expect(told).toContain('nothing.sock');
  });

  test('that the address is none', async () => {
    expect(await failure(['ftp://somewhere'])).toMatch(threeLines('invalid-address'));
  });

  test('that cloud metadata is never spoken to', async () => {
    expect(await failure(['tcp://169.254.169.254:80'])).toMatch(/^error {2}address-\S+ {2}.+\nwhy .+\nfix /u);
  });

  test('that the host does not answer in time', { timeout: 180_000 }, async () => {
    const { url, tls } = await simulate({ requests: [{ path: /./u, fault: { kind: 'hang' } }] });
    const files = await writeClientFiles(join(folder, 'hanging'), tls);
    expect(await failure([url, '--tls-dir', files])).toMatch(threeLines('timed-out'));
  });

  test('that it was interrupted', async () => {
    const hanging = await simulate({ requests: [{ path: /^\/containers\/json$/u, fault: { kind: 'hang' } }] });
    const files = await writeClientFiles(join(folder, 'interrupted'), hanging.tls);
    const command = new Command(['scan', hanging.url, '--tls-dir', files]);
    await expect
      .poll(() => hanging.requests.some(({ url }) => url.endsWith('/containers/json?all=1')), { timeout: 60_000 })
      .toBe(true);
    command.interrupt();
    const { exitCode, stdout, stderr } = await command.ended();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^error {2}cancelled /u);
  });

  test.for([
    ['an unknown option', ['--verbose'], "unknown option '--verbose'"],
    ['an unknown format', ['--format', 'xml'], 'table, json, sarif'],
    ['an unknown severity', ['--fail-on', 'severe'], 'critical, high, medium, low, info'],
    ['two hosts', ['tcp://a:1', 'tcp://b:1'], 'too many arguments'],
  ] as const)('%s', async ([, args, said]) => {
    expect(await failure(args)).toContain(said);
  });
});

describe('the command', () => {
  test('that does not exist ends with 2, and --help and --version with 0 on stdout', async () => {
    expect(await plimsoll(['inspect'])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('inspect'),
    });
    expect(await plimsoll(['scan', '--help'])).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining('--fail-on'),
    });
    const version: unknown = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(version).toMatchObject({ version: (await plimsoll(['--version'])).stdout.trim() });
  });

  test('checks lists the catalogue, explains one check, and knows what it does not know', async () => {
    const { stdout } = await plimsoll(['checks', '--json']);
    expect(JSON.parse(stdout).checks.length).toBeGreaterThanOrEqual(60);
    expect((await plimsoll(['checks', 'container-privileged'])).stdout).toMatch(/^Why .+\nDecided .+\nFix /mu);
    expect(await plimsoll(['checks', 'no-such'])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('no-such'),
    });
  });
});
