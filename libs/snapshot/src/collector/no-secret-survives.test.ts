import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import {
  type EngineRecording,
  sampleHostFiles,
  sampleHostRecording,
  type SimulatedFiles,
  startSimulatedHost,
} from '@plimsoll/engine-simulator';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectSnapshot } from './index.ts';

const characters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'.split('');
const core = (length: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length });

/** A secret with what gives it away, and the part that must not survive. */
const formatted = fc.oneof(
  core(36).map((secret) => ({ secret, text: `ghp_${secret}` })),
  core(24).map((secret) => ({ secret, text: `glpat-${secret}` })),
  core(20).map((secret) => ({ secret, text: `postgres://app:${secret}@db/x` })),
  core(36).map((secret) => ({ secret, text: `npm_${secret}` })),
  core(40).map((secret) => ({ secret, text: `hvs.${secret}` })),
  core(30).map((secret) => ({ secret, text: `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0${secret}.${secret}` })),
  core(64).map((secret) => ({ secret, text: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----` })),
  core(24).map((secret) => ({ secret, text: `--password ${secret}` })),
  core(24).map((secret) => ({ secret, text: `DB_PASSWORD=${secret}` })),
);

type Path = readonly (string | number)[];

/** Every text of the answers, by its path. */
const textsOf = (value: unknown, path: Path = []): Path[] => {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    textsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
};

const plant = (value: unknown, path: Path, text: string): void => {
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => Reflect.get(Object(at), key), value);
  const last = path.at(-1) ?? '';
  Reflect.set(Object(parent), last, `${String(Reflect.get(Object(parent), last))} ${text}`);
};

/** Places that only a name or their meaning makes secret. */
const plantByMeaning = (recording: EngineRecording, secret: string): void => {
  for (const [path, answer] of Object.entries(recording.answers)) {
    if (!/^\/(?:containers|images)\/[^/]+\/json$/u.test(path)) continue;
    const config: unknown = Reflect.get(Object(answer), 'Config');
    const hostConfig: unknown = Reflect.get(Object(answer), 'HostConfig');
    Reflect.set(Object(config), 'Env', [`DB_PASSWORD=${secret}`, `ANYTHING=${secret}`, secret.toUpperCase()]);
    Reflect.set(Object(config), 'Cmd', ['app', '--api-key', secret, `--token=${secret}`, `PASSWORD=${secret}`]);
    Reflect.set(Object(config), 'Labels', { 'app.secret': secret, 'a.b': `token=${secret}` });
    Reflect.set(Object(config), 'ExposedPorts', { '80/tcp': { smuggled: secret } });
    Reflect.set(Object(config), 'Healthcheck', { Test: ['CMD', 'redis-cli', '-a', secret] });
    Reflect.set(Object(config), 'Unknown', secret);
    if (typeof hostConfig !== 'object') continue;
    Reflect.set(Object(hostConfig), 'LogConfig', { Type: 'splunk', Config: { 'splunk-token': secret } });
    Reflect.set(Object(hostConfig), 'Annotations', { password: secret });
  }
};

const snapshotOf = async (recording: EngineRecording, files?: SimulatedFiles): Promise<string> => {
  const host = await startSimulatedHost({ recording, ...(files === undefined ? {} : { files }) });
  const client = await EngineClient.connect(
    {
      address: parseEngineAddress(host.url),
      tls: host.tls,
      policy: selfHostedHostPolicy,
    },
    { tier: files === undefined ? 0 : 2 },
  );
  const hostFiles = files === undefined ? undefined : { read: true, owner: 'test' };
  try {
    return JSON.stringify(
      await collectSnapshot(client, { processLists: true, endpointProbe: false, now: new Date(0), hostFiles }),
    );
  } finally {
    await client.close();
    await host.close();
  }
};

test('no planted secret survives, wherever it lies', { timeout: 120_000 }, async () => {
  const sample = await sampleHostRecording();
  const paths = textsOf(sample.answers);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(paths.length - 1), formatted), { minLength: 50, maxLength: 200 }),
      core(20),
      async (planted, byMeaning) => {
        const recording = structuredClone(sample);
        for (const [index, { text }] of planted) plant(recording.answers, paths[index] ?? [], text);
        plantByMeaning(recording, byMeaning);
        const json = await snapshotOf(recording);
        for (const [index, { secret }] of planted) {
          expect(json.includes(secret), `${(paths[index] ?? []).join('.')} keeps ${secret}`).toBe(false);
        }
        const found = json.indexOf(byMeaning);
        expect(found === -1 ? '' : json.slice(Math.max(0, found - 200), found + 60)).toBe('');
      },
    ),
    { numRuns: 20, endOnFailure: true },
  );
});

/** Lines with a secret at the end of every file, and places in them that only their meaning makes secret. */
const filesWith = (texts: readonly string[], secret: string): SimulatedFiles => {
  const appended = Object.entries(sampleHostFiles).map(([path, file]): [string, SimulatedFiles[string]] => {
    if (!('content' in file) || path.endsWith('.json')) return [path, file];
    return [path, { ...file, content: `${file.content}${texts.join('\n')}\n` }];
  });
  const daemonConfig = {
    labels: [`token=${secret}`],
    'log-driver': 'splunk',
    'log-opts': { 'splunk-token': secret, tag: texts[0] },
    proxies: { 'http-proxy': `http://me:${secret}@proxy.example` },
    runtimes: { own: { runtimeArgs: ['--api-key', secret, ...texts] } },
  };
  const login = Buffer.from(`me:${secret}`).toString('base64');
  const clientConfig = { auths: { 'registry.example': { auth: login, identitytoken: secret } } };
  const unit = ['[Service]', ...texts.map((text) => `Environment=${text}`), `Environment="DB_PASSWORD=${secret}"`];
  return {
    ...Object.fromEntries(appended),
    '/etc/docker/daemon.json': { content: JSON.stringify(daemonConfig) },
    '/etc/docker/key.pem': { content: secret },
    '/etc/docker/certs.d/registry.example/client.key': { content: secret },
    '/etc/default/grub': { content: `GRUB_CMDLINE_LINUX="quiet ${texts[0]?.split('\n')[0]} --password ${secret}"\n` },
    '/etc/shadow': { content: `root:${secret}:1::::::\n` },
    '/etc/sysctl.d/70-odd.conf': { content: `app.password = ${secret}\n` },
    '/etc/fstab': { content: `//nas/x /srv cifs username=me,password=${secret} 0 0\n` },
    '/etc/systemd/system/docker.service.d/secrets.conf': { content: unit.join('\n') },
    '/root/.docker/config.json': { content: JSON.stringify(clientConfig) },
  };
};

test('no secret planted in the files of a host survives', { timeout: 120_000 }, async () => {
  const sample = await sampleHostRecording();
  await fc.assert(
    fc.asyncProperty(fc.array(formatted, { minLength: 4, maxLength: 12 }), core(20), async (planted, byMeaning) => {
      const texts = planted.map(({ text }) => text);
      const json = await snapshotOf(sample, filesWith(texts, byMeaning));
      expect(json).toContain('docker.service.d/secrets.conf');
      const login = Buffer.from(`me:${byMeaning}`).toString('base64');
      for (const secret of [...planted.map(({ secret: one }) => one), byMeaning, login]) {
        const found = json.indexOf(secret);
        expect(found === -1 ? '' : json.slice(Math.max(0, found - 200), found + 60)).toBe('');
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
});
