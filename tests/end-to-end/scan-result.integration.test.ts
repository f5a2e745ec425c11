import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue, catalogueVersion } from '@plimsoll/checks';
import { CheckResultDocument, Compliance, outcomes, severities } from '@plimsoll/contracts';
import { type SimulatedFaults, type SimulatedHost, startSimulatedHost } from '@plimsoll/engine-simulator';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryFolder, writeClientFiles } from './client-folder.ts';
import { Command, type CommandResult, plimsoll } from './command.ts';
import { SarifLog } from './sarif-shape.ts';

let folder: string;
let host: SimulatedHost;
let tlsFolder: string;
beforeAll(async () => {
  folder = await temporaryFolder('result');
  host = await startSimulatedHost();
  tlsFolder = await writeClientFiles(join(folder, 'client'), host.tls);
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

const others: SimulatedHost[] = [];
afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
});
const faulty = async (faults: SimulatedFaults): Promise<{ url: string; tlsDir: string; host: SimulatedHost }> => {
  const other = await startSimulatedHost({ faults });
  others.push(other);
  return { url: other.url, tlsDir: await writeClientFiles(join(folder, String(other.port)), other.tls), host: other };
};

const scan = (...options: string[]): Promise<CommandResult> =>
  plimsoll(['scan', host.url, '--tls-dir', tlsFolder, ...options]);

/** Colours, cursor movements and every other control character but the end of a line. */
const hidden = /[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u;

const Report = z.strictObject({
  host: z.strictObject({
    address: z.string(),
    name: z.string(),
    simulated: z.literal(true),
    engineVersion: z.string(),
    apiVersion: z.string(),
    operatingSystem: z.string(),
    kernelVersion: z.string(),
    containers: z.int(),
    images: z.int(),
  }),
  catalogueVersion: z.string(),
  adjustedParameters: z.array(z.unknown()).length(0),
  takenAt: z.iso.datetime(),
  summary: z.strictObject({
    outcomes: z.strictObject(Object.fromEntries(outcomes.map((each) => [each, z.int()]))),
    failures: z.strictObject(Object.fromEntries(severities.map((each) => [each, z.int()]))),
  }),
  missingParts: z.array(z.unknown()).length(0),
  notes: z.array(z.unknown()).length(0),
  results: z.array(CheckResultDocument),
});

describe('as JSON', () => {
  let result: CommandResult;
  let report: z.infer<typeof Report>;
  beforeAll(async () => {
    result = await scan('--format', 'json');
    report = Report.parse(JSON.parse(result.stdout));
  });

  test('is one object on stdout and nothing else anywhere', () => {
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(report.host).toMatchObject({ address: host.url, name: 'sample-host', containers: 11 });
    expect(report.catalogueVersion).toBe(catalogueVersion);
  });

  test('has a result for every check of the catalogue, each once for a thing', () => {
    expect([...new Set(report.results.map(({ check }) => check))].toSorted()).toEqual(catalogue.map(({ id }) => id));
    const judged = report.results.map(({ check, subject }) => `${check} ${subject.kind} ${subject.name}`);
    expect(new Set(judged).size).toBe(judged.length);
  });

  test('says of each failure what and how to mend it, and of each unknown what would tell', () => {
    const failures = report.results.filter(({ outcome }) => outcome === 'fail');
    expect(failures.filter(({ evidence, remediation }) => evidence.length === 0 || remediation === '')).toEqual([]);
    const unknown = report.results.filter(({ outcome }) => outcome === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.filter(({ wouldTell }) => wouldTell === null)).toEqual([]);
    const { '1.6.0': number } = report.results.find(({ check }) => check === 'container-privileged')?.cis ?? {};
    expect(number).toBe('5.5');
  });

  test('counts what it lists', () => {
    for (const outcome of outcomes)
      expect(report.results.filter((each) => each.outcome === outcome)).toHaveLength(
        report.summary.outcomes[outcome] ?? -1,
      );
    const own = report.results.filter(({ outcome, causedBy }) => outcome === 'fail' && causedBy === null);
    for (const severity of severities)
      expect(own.filter((each) => each.severity === severity)).toHaveLength(report.summary.failures[severity] ?? -1);
  });

  test('is the same but for the time when the host is', async () => {
    const again = Report.parse(JSON.parse((await scan('--format', 'json')).stdout));
    expect({ ...again, takenAt: report.takenAt }).toEqual(report);
  });
});

describe('as SARIF', () => {
  test('is a log by the standard, with what the JSON lists as failed or unknown', async () => {
    const [sarif, json] = [await scan('--format', 'sarif'), await scan('--format', 'json')];
    expect(sarif).toMatchObject({ exitCode: 0, stderr: '' });
    const { runs } = SarifLog.parse(JSON.parse(sarif.stdout));
    const [run] = runs;
    const { rules } = run.tool.driver;
    expect(rules.map(({ id }) => id)).toEqual(catalogue.map(({ id }) => id));
    for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex]?.id).toBe(ruleId);
    const listed = Report.parse(JSON.parse(json.stdout)).results.filter(
      ({ outcome }) => outcome === 'fail' || outcome === 'unknown',
    );
    const nameOf = (check: string, name: string, failed: boolean): string => `${check} ${name} ${failed}`;
    expect(
      run.results.map(({ ruleId, kind, locations }) =>
        nameOf(ruleId, locations[0].logicalLocations[0].name, kind === 'fail'),
      ),
    ).toEqual(listed.map(({ check, subject, outcome }) => nameOf(check, subject.name, outcome === 'fail')));
    const fingerprints = run.results.map(({ partialFingerprints }) => partialFingerprints['plimsoll/v1']);
    expect(new Set(fingerprints).size).toBe(fingerprints.length);
  });
});

describe('by parameters and a benchmark of the call', () => {
  const adjusted = ['--parameter', 'daemon-log-level.allowedLevels=["debug"]'];

  test('says what differed, and how the host stands section by section', async () => {
    const json = await scan('--format', 'json', '--benchmark', 'cis-1.8.0', ...adjusted);
    const shown = JSON.parse(json.stdout);
    expect(shown.adjustedParameters).toEqual([
      { check: 'daemon-log-level', name: 'allowedLevels', value: ['debug'], default: ['info'] },
    ]);
    const { benchmark, sections } = Compliance.parse(shown.compliance);
    expect(benchmark?.version).toBe('1.8.0');
    expect(sections.map(({ checks }) => checks.length > 0)).toEqual(sections.map(() => true));
    const table = await scan('--benchmark', 'cis-1.8.0', ...adjusted);
    expect(table.stdout).toMatch(/^5 Container runtime +\d+ % +\d+ +\d+ +\d+ +\d+$/mu);
    expect(table.stdout).toMatch(/^Adjusted: daemon-log-level.allowedLevels is \["debug"\] instead of \["info"\]$/mu);
  });

  test('tells a mistake in them before the host is asked for anything', async () => {
    const asked = host.requests.length;
    const { exitCode, stdout, stderr } = await scan('--parameter', 'daemon-log-level.levels=1');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('error  parameter-invalid  daemon-log-level.levels: The check has no such parameter.');
    expect(host.requests).toHaveLength(asked);
  });
});

describe('as a table', () => {
  test('lists the failures, worst first, in plain text where it goes to a pipe', async () => {
    const { exitCode, stdout, stderr } = await scan();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toMatch(hidden);
    const [head = '', ...lines] = stdout.split('\n');
    expect(head.split(/\s{2,}/u)).toEqual(['SEVERITY', 'CHECK', 'HOST', 'THING', 'WHY']);
    const worst = lines
      .map((line) => severities.findIndex((severity) => line.startsWith(severity)))
      .filter((at) => at >= 0);
    expect(worst).toEqual(worst.toSorted((a, b) => a - b));
    expect(worst[0]).toBe(0);
    expect(stdout).toMatch(/critical +container-docker-socket +sample-host +container\/ops-proxy-1/u);
    expect(stdout).toMatch(/^sample-host \(simulated\): Docker 20\.10\.24\+dfsg1, 11 containers\. \d+ critical, /mu);
  });

  test('with --all lists what passed, does not apply and could not be told too', async () => {
    const { stdout } = await scan('--all');
    for (const start of ['critical ', 'unknown ', 'pass ', 'not-applicable '])
      expect(stdout.split('\n').some((line) => line.startsWith(start))).toBe(true);
  });

  test('has no colour with NO_COLOR, and a dumb terminal gets none either', async () => {
    for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const { stdout } = await plimsoll(['scan', host.url, '--tls-dir', tlsFolder], environment);
      expect(stdout).not.toMatch(hidden);
    }
  });

  test('shows nothing raw of what a hostile host calls its things', async () => {
    const {
      url,
      tlsDir,
      host: hostile,
    } = await faulty({ requests: [{ path: /./u, fault: { kind: 'control-characters' } }] });
    for (const options of [['--all'], ['--format', 'json'], ['--format', 'sarif']]) {
      const { stdout, stderr } = await plimsoll(['scan', url, '--tls-dir', tlsDir, ...options]);
      expect(stdout).toContain('X-Injected');
      expect(`${stdout}${stderr}`).not.toMatch(hidden);
    }
    expect(hostile.requests.length).toBeGreaterThan(0);
  });
});

test('--output writes the same to a file and leaves stdout empty', async () => {
  const file = join(folder, 'result.txt');
  expect(await scan('--output', file)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(await readFile(file, 'utf8')).toBe((await scan()).stdout);
});

test('--output to where nothing can be written is told, and is not taken for a finding', async () => {
  const { exitCode, stdout, stderr } = await scan('--output', join(folder, 'missing', 'result.txt'));
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^error {2}result-not-written .*\nwhy .*\nfix .*--output/u);
});

test('a reader that has seen enough is no error', async () => {
  const command = new Command(['scan', host.url, '--tls-dir', tlsFolder, '--format', 'json'], {});
  command.stopReading();
  expect(await command.ended()).toMatchObject({ exitCode: 0, stderr: '' });
});

describe('the exit code', () => {
  test.for([
    [[], 0],
    [['--fail-on', 'critical'], 1],
    [['--fail-on', 'info', '--format', 'json'], 1],
  ] as const)('with %s is %s on a bad host', async ([options, exitCode]) => {
    expect((await scan(...options)).exitCode).toBe(exitCode);
  });

  test('with --fail-on is 0 where nothing is that severe, and 1 where it is', async () => {
    const { url, tlsDir } = await faulty({
      requests: [
        { path: /^\/(containers|images)\/json$/u, fault: { kind: 'body', body: [] } },
        { path: /^\/networks$/u, fault: { kind: 'body', body: [] } },
      ],
    });
    const codes = [];
    for (const severity of ['critical', 'high'])
      codes.push((await plimsoll(['scan', url, '--tls-dir', tlsDir, '--fail-on', severity])).exitCode);
    expect(codes).toEqual([0, 1]);
  });

  test('with --fail-on is 2 where a part could not be read and the rest is fine: nothing unseen passes', async () => {
    const denied = { kind: 'status', status: 403, message: 'not for you' } as const;
    const { url, tlsDir } = await faulty({ requests: [{ path: /^\/containers\/json$/u, fault: denied }] });
    const plain = await plimsoll(['scan', url, '--tls-dir', tlsDir, '--format', 'json']);
    expect(plain).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^warning {2}Not read: containers \(denied/u),
    });
    expect((await plimsoll(['scan', url, '--tls-dir', tlsDir, '--fail-on', 'critical'])).exitCode).toBe(2);
    expect((await plimsoll(['scan', url, '--tls-dir', tlsDir, '--fail-on', 'info'])).exitCode).toBe(1);
  });
});

test('--no-process-lists asks for none', async () => {
  const asked = (): number => host.requests.filter(({ url }) => url.includes('/top')).length;
  const before = asked();
  await scan('--no-process-lists');
  expect(asked()).toBe(before);
  await scan();
  expect(asked()).toBeGreaterThan(before);
});
