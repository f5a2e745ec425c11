import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import { type EngineRecording, sampleHostRecording, startSimulatedHost } from '@plimsoll/engine-simulator';
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

const snapshotOf = async (recording: EngineRecording): Promise<string> => {
  const host = await startSimulatedHost({ recording });
  const client = await EngineClient.connect({
    address: parseEngineAddress(host.url),
    tls: host.tls,
    policy: selfHostedHostPolicy,
  });
  try {
    return JSON.stringify(
      await collectSnapshot(client, { processLists: true, endpointProbe: false, now: new Date(0) }),
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
