import { writeFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import { recordEngine } from '@plimsoll/engine-simulator/record';
import { Agent, request } from 'undici';
import { startDockerd } from './dockerd.ts';
import { populateSampleHost } from './sample-host.ts';

// Run as root: node tests/docker/record-sample-host.ts
const dockerd = await startDockerd({ name: 'sample', args: ['--live-restore', '--log-level', 'error'] });
try {
  await populateSampleHost(dockerd);
  const client = await EngineClient.connect({
    address: parseEngineAddress(dockerd.url),
    tls: dockerd.tls,
    policy: selfHostedHostPolicy,
  });
  const dispatcher = new Agent({ connect: { socketPath: dockerd.socket } });
  const read = async (path: string): Promise<unknown> => {
    const { statusCode, body } = await request(`http://localhost/v${client.apiVersion}${path}`, { dispatcher });
    if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${await body.text()}`);
    return body.json();
  };
  const recording = await recordEngine(
    read,
    {
      origin:
        'Docker Engine 20.10.24 of Debian 12, populated by tests/docker/sample-host.ts and recorded by tests/docker/record-sample-host.ts; names of the recording machine replaced.',
      apiVersion: client.apiVersion,
      minimumApiVersion: '1.12',
      server: client.ping.server ?? '',
    },
    [
      [`${dockerd.folder}/data`, '/var/lib/docker'],
      [`${dockerd.folder}/exec`, '/run/docker'],
      [dockerd.folder, '/run/docker'],
      [`"Name":"${hostname()}"`, '"Name":"sample-host"'],
      [`"Hostname":"${hostname()}"`, '"Hostname":"sample-host"'],
      [dockerd.bridge, 'docker0'],
      [release(), '6.1.0-26-amd64'],
      // The recording machine's own ports may be in use: a one before the port keeps out of their way.
      ...['8080', '3000', '5432', '9000'].flatMap((port): [string, string][] => [
        [`"HostPort":"1${port}"`, `"HostPort":"${port}"`],
        [`"PublicPort":1${port}`, `"PublicPort":${port}`],
      ]),
      ['"HostPort":"10080"', '"HostPort":"80"'],
      ['"PublicPort":10080', '"PublicPort":80'],
    ],
  );
  await writeFile(
    new URL('../../libs/engine-simulator/recordings/sample-host.json', import.meta.url),
    `${JSON.stringify(recording, null, 1)}\n`,
  );
  await dispatcher.close();
  await client.close();
} finally {
  await dockerd.stop();
}
