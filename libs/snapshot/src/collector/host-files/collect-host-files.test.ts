import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import {
  type EngineRecording,
  type RequestFault,
  sampleHostFiles,
  sampleHostRecording,
  type SimulatedFiles,
  type SimulatedHost,
  SimulatedFileTree,
  startSimulatedHost,
} from '@plimsoll/engine-simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type HostSnapshot, valueOf } from '../../index.ts';
import { type CollectOptions, collectSnapshot } from '../index.ts';

const owner = 'test:reader';
const on = { read: true, owner };

interface Given {
  readonly files?: SimulatedFiles;
  readonly faults?: readonly RequestFault[];
  readonly change?: (recording: EngineRecording) => void;
}

const hostWith = async ({ files = sampleHostFiles, faults = [], change }: Given = {}): Promise<SimulatedHost> => {
  const recording = structuredClone(await sampleHostRecording());
  change?.(recording);
  const host = await startSimulatedHost({ recording, files, faults: { requests: faults } });
  onTestFinished(() => host.close());
  return host;
};

const scan = async (host: SimulatedHost, options: Partial<CollectOptions> = {}): Promise<HostSnapshot> => {
  const target = { address: parseEngineAddress(host.url), tls: host.tls, policy: selfHostedHostPolicy };
  const client = await EngineClient.connect(target, { tier: options.hostFiles === undefined ? 0 : 2 });
  onTestFinished(() => client.close());
  return collectSnapshot(client, { processLists: false, endpointProbe: false, now: new Date(0), ...options });
};

const sent = (host: SimulatedHost, method: string): string[] =>
  host.requests.filter((request) => request.method === method).map(({ url }) => url);
const archives = (host: SimulatedHost): string[] =>
  host.requests.map(({ url }) => url).filter((url) => url.includes('/archive'));

describe('the files of a host', () => {
  test('are facts, read through one container of ours and no other', async () => {
    const host = await hostWith();
    const snapshot = await scan(host, { hostFiles: on });
    const facts = valueOf(snapshot.hostFiles);
    expect(snapshot.settings.hostFiles).toBe(true);
    expect(facts?.units?.['docker.service']).toMatchObject({
      path: '/usr/lib/systemd/system/docker.service',
      masked: false,
      dropIns: ['/etc/systemd/system/docker.service.d/proxy.conf'],
    });
    expect(facts?.daemonConfig?.settings).toMatchObject({ 'live-restore': true });
    expect(facts?.paths).toMatchObject({
      '/etc/docker/daemon.json': { exists: true, kind: 'file', mode: 0o664, uid: 0, ownerName: 'root' },
      '/usr/bin/runc': { kind: 'link', linkTarget: '../sbin/runc' },
      '/usr/bin/containerd-shim': { exists: false },
      '/var/lib/docker': { kind: 'folder', mode: 0o710 },
      '/run/docker.sock': { kind: 'socket' },
    });
    expect(facts?.audit?.files?.map(({ path, lines }) => [path, lines?.length])).toEqual([
      ['/etc/audit/audit.rules', 2],
      ['/etc/audit/rules.d/docker.rules', 2],
    ]);
    expect(facts?.mounts?.map(({ where }) => where)).toEqual(['/', '/boot']);
    expect(facts?.kernelOptions).toMatchObject({ CONFIG_SECCOMP_FILTER: 'y' });
    expect(facts?.registryCertificates).toHaveLength(2);

    const [created] = sent(host, 'POST');
    expect(created).toMatch(/\/containers\/create\?name=plimsoll-host-files-/u);
    const [removed] = sent(host, 'DELETE');
    const id = /containers\/([0-9a-f]{64})\?v=1$/u.exec(removed ?? '')?.[1];
    expect(id).toBeDefined();
    expect(archives(host).length).toBeLessThan(120);
    expect(archives(host).filter((url) => !url.includes(`/containers/${id}/archive?path=%2Fplimsoll-host%2F`))).toEqual(
      [],
    );
    expect(host.readers.all).toEqual([]);
    // One attempt for each folder that the host lacks: it has no /lib of its own.
    expect(sent(host, 'POST')).toHaveLength(2);
  });

  test('are never asked for unless switched on', async () => {
    const host = await hostWith();
    const snapshot = await scan(host);
    expect(snapshot.hostFiles).toMatchObject({ missing: 'not-requested' });
    expect(new Set(host.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(archives(host)).toEqual([]);
  });

  test('can not be asked for by a client for metadata', async () => {
    const host = await hostWith();
    const target = { address: parseEngineAddress(host.url), tls: host.tls, policy: selfHostedHostPolicy };
    const client = await EngineClient.connect(target);
    onTestFinished(() => client.close());
    expect(() => client.hostFiles()).toThrow(RangeError);
  });
});

const change = (path: string, fields: object) => (recording: EngineRecording) => {
  recording.answers[path] = { ...Object(recording.answers[path]), ...fields };
};

describe('nothing is made', () => {
  test.for([
    ['on a rootless daemon', change('/info', { SecurityOptions: ['name=seccomp', 'name=rootless'] }), /rootless/u],
    ['on Docker Desktop', change('/info', { OperatingSystem: 'Docker Desktop' }), /Docker Desktop/u],
    ['on Windows', change('/info', { OSType: 'windows' }), /Windows/u],
    ['on Podman', change('/version', { Components: [{ Name: 'Podman Engine', Version: '5.0.0' }] }), /Podman/u],
    ['where no image fits', change('/version', { Arch: 'riscv64' }), /No image on the host .* docker pull busybox/u],
  ] as const)('%s', async ([, changed, reason]) => {
    const host = await hostWith({ change: changed });
    const snapshot = await scan(host, { hostFiles: on });
    expect(snapshot.hostFiles).toEqual({ missing: 'not-supported', detail: expect.stringMatching(reason) });
    expect(sent(host, 'POST')).toEqual([]);
  });

  test('where the host refuses it', async () => {
    const path = /^\/containers\/create$/u;
    const host = await hostWith({
      faults: [{ path, fault: { kind: 'status', status: 403, message: 'denied by policy' } }],
    });
    const snapshot = await scan(host, { hostFiles: on });
    expect(snapshot.hostFiles).toEqual({ missing: 'denied', detail: expect.stringContaining('denied by policy') });
    expect(sent(host, 'DELETE')).toEqual([]);
  });
});

const archive = /^\/containers\/[0-9a-f]{64}\/archive$/u;
const tree = new SimulatedFileTree(sampleHostFiles);

describe('the container goes', () => {
  test.for([
    ['its archives hang', { kind: 'hang' }, 'GET'],
    ['its archives drip', { kind: 'drip', intervalMs: 20 }, 'GET'],
    ['its archives are cut', { kind: 'reset' }, 'GET'],
    ['its archives are no tar', { kind: 'archive', body: Buffer.alloc(4096, 'x') }, 'GET'],
    ['its archives never end', { kind: 'huge-body', bytes: 3 * 1024 * 1024 }, 'GET'],
    ['nothing can be told of its paths', { kind: 'status', status: 500 }, 'HEAD'],
    ['its paths are told in nonsense', { kind: 'archive', body: Buffer.alloc(0), stat: 'nonsense' }, 'HEAD'],
  ] as const)('where %s', { timeout: 30_000 }, async ([, fault, method]) => {
    const host = await hostWith({ faults: [{ path: archive, method, fault }] });
    const snapshot = await scan(host, { hostFiles: on });
    expect(host.readers.all).toEqual([]);
    // What was not read is not seen, and never told as absent.
    expect(valueOf(snapshot.hostFiles)?.daemonConfig?.state ?? 'unreadable').toBe('unreadable');
    expect(valueOf(snapshot.hostFiles)?.audit).toBeUndefined();
  });

  test('where the host denies its archives, and the part says so', async () => {
    const host = await hostWith({ faults: [{ path: archive, fault: { kind: 'status', status: 403 } }] });
    expect((await scan(host, { hostFiles: on })).hostFiles).toMatchObject({ missing: 'denied' });
    expect(host.readers.all).toEqual([]);
  });

  test('where the scan is cancelled in the middle', async () => {
    const host = await hostWith({ faults: [{ path: archive, method: 'GET', fault: { kind: 'hang' } }] });
    const cancelling = new AbortController();
    const scanning = scan(host, { hostFiles: on, signal: cancelling.signal });
    await expect.poll(() => sent(host, 'GET').some((url) => url.includes('/archive'))).toBe(true);
    cancelling.abort();
    await expect(scanning).rejects.toMatchObject({ reason: 'cancelled' });
    expect(host.readers.all).toEqual([]);
  });

  test('where the answer to its creation never came', async () => {
    // The engine made it, under the name that was asked for, and the line was cut.
    const fault: RequestFault = { path: /^\/containers\/create$/u, fault: { kind: 'reset' } };
    const host = await hostWith({ faults: [fault] });
    const snapshot = await scan(host, { hostFiles: on });
    expect(snapshot.hostFiles).toMatchObject({ missing: 'connection-lost' });
    const name = /name=([\w-]+)/u.exec(sent(host, 'POST')[0] ?? '')?.[1];
    expect(sent(host, 'GET').some((url) => url.endsWith(`/containers/${name}/json`))).toBe(true);
  });

  test('at the second attempt, where the first fails', async () => {
    const fault: RequestFault = {
      path: /^\/containers\/[0-9a-f]{64}$/u,
      method: 'DELETE',
      fault: { kind: 'status', status: 500 },
      times: 1,
    };
    const host = await hostWith({ faults: [fault] });
    const snapshot = await scan(host, { hostFiles: on });
    expect(host.readers.all).toEqual([]);
    expect(snapshot.notes).toEqual([]);
  });

  test('at the next contact, where it could not be removed, and a note says so', async () => {
    const fault: RequestFault = {
      path: /^\/containers\/[0-9a-f]{64}$/u,
      method: 'DELETE',
      fault: { kind: 'status', status: 500 },
      times: 3,
    };
    const host = await hostWith({ faults: [fault] });
    const snapshot = await scan(host, { hostFiles: on });
    expect(snapshot.notes).toMatchObject([{ part: 'hostFiles', reason: 'skipped' }]);
    expect(host.readers.all).toHaveLength(1);
    await scan(host, { hostFiles: { read: false, owner } });
    expect(host.readers.all).toEqual([]);
  });
});

describe('a reader that was left behind', () => {
  const minutesBefore = (minutes: number): Date => new Date(Date.parse('2026-11-24T18:19:19Z') - minutes * 60_000);

  test.for([
    ['of ours goes, with reading off as well', owner, 0, false, 0],
    ['of ours goes', owner, 0, true, 0],
    ['of somebody else stays', 'other:reader', 10, true, 1],
    ['of somebody else that is hours old goes', 'other:reader', 120, true, 0],
    ['of somebody else stays for ever with reading off', 'other:reader', 120, false, 1],
    ['from the future stays', 'other:reader', -120, true, 1],
  ] as const)('%s', async ([, whose, minutes, read, left]) => {
    const host = await hostWith();
    host.readers.leaveBehind(whose, minutesBefore(minutes));
    await scan(host, { hostFiles: { read, owner } });
    expect(host.readers.all).toHaveLength(left);
  });

  test('is not touched by a scan that knows nothing of host files', async () => {
    const host = await hostWith();
    host.readers.leaveBehind(owner, minutesBefore(600));
    await scan(host);
    expect(host.readers.all).toHaveLength(1);
  });
});

describe('a hostile host', () => {
  test('leads nowhere with links in circles and out of what is mounted', async () => {
    const files: SimulatedFiles = {
      ...sampleHostFiles,
      '/etc/docker/daemon.json': { linkTo: 'daemon.json' },
      '/etc/default/docker': { linkTo: '/home/somebody/.ssh/id_ed25519' },
      '/home/somebody/.ssh/id_ed25519': { content: 'not ours to read' },
      '/etc/audit': { linkTo: '../../../../../etc/../proc' },
    };
    const host = await hostWith({ files });
    const snapshot = await scan(host, { hostFiles: on });
    const facts = valueOf(snapshot.hostFiles);
    expect(facts?.daemonConfig?.state).toBe('unreadable');
    expect(facts?.environmentFiles).toEqual({});
    expect(facts?.audit).toBeUndefined();
    expect(archives(host).filter((url) => /home|proc/u.test(url))).toEqual([]);
  });

  test('can not make a folder look like another by names in its archive', async () => {
    const evil = new SimulatedFileTree({ '/x/audit/../../etc/docker/daemon.json': { content: '{}' } });
    const body = await evil.archive('/x');
    const stat = tree.statHeader('/etc/audit');
    const fault = { kind: 'archive', body, ...(stat === undefined ? {} : { stat }) } as const;
    const host = await hostWith({ faults: [{ path: archive, method: 'GET', fault }] });
    const facts = valueOf((await scan(host, { hostFiles: on })).hostFiles);
    expect(facts?.registryCertificates).toEqual([]);
    expect(JSON.stringify(facts)).not.toContain('/../');
  });
});
