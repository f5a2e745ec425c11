import { catalogue } from '@plimsoll/checks';
import { type Actor, permissionsOf } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { aHost, createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { JudgeAgainSweeper } from '../judging/judge-again.sweeper.ts';
import { type World, anActor, openWorld } from '../testing/world.ts';
import { AnswersService } from './answers.service.ts';
import { ExpiredAnswersSweeper } from './expired-answers.sweeper.ts';
import { QuestionsService } from './questions.service.ts';

const checkId = 'exec-privileged';
const dayMs = 86_400_000;

let db: TestDatabase;
let world: World;
let engine: SimulatedHost;
let ada: Actor;
let hostId: string;
let now: Date;
let answers: AnswersService;
let questions: QuestionsService;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openWorld(db);
  engine = await startSimulatedHost();
});
afterAll(async () => {
  await engine.close();
  await world.close();
  await db.close();
});
beforeEach(async () => {
  ada = await anActor(world.database);
  hostId = (await aHost(world.database, { tenantId: ada.tenantId })).id;
  now = new Date();
  const clock = { database: world.database, now: () => now };
  answers = new AnswersService(clock);
  questions = new QuestionsService(clock);
});

const inDays = (days: number): string => new Date(now.getTime() + days * dayMs).toISOString();
const answer = (given: Partial<Parameters<AnswersService['answer']>[3]> = {}, actor = ada, host = hostId) =>
  answers.answer(actor, host, checkId, { outcome: 'pass', reason: 'Exec is off', validUntil: inDays(30), ...given });
const history = async () => (await answers.history(ada, hostId, checkId, { limit: 50 })).items;
const auditOf = async (tenantId: string) =>
  db.asOwner<{ action: string; outcome: string; actor: string; subject: string; details: Record<string, unknown> }>(
    `SELECT action, outcome::text, actor_name AS actor, subject_id AS subject, details FROM audit_events
     WHERE tenant_id = $1 ORDER BY sequence`,
    [tenantId],
  );
const revisionOf = async (id: string): Promise<number> => {
  const [row] = await db.asOwner<{ revision: number }>('SELECT judging_revision AS revision FROM hosts WHERE id = $1', [
    id,
  ]);
  return row?.revision ?? -1;
};

describe('a question', () => {
  test('is asked for every check of the catalogue that has one, open until somebody answers', async () => {
    const { items, nextCursor } = await questions.list(ada, hostId, { limit: 200 });
    expect(items.map(({ check }) => check)).toEqual(
      catalogue.filter(({ question }) => question !== undefined).map(({ id }) => id),
    );
    expect(nextCursor).toBeNull();
    expect(new Set(items.map(({ state }) => state))).toEqual(new Set(['open']));
    expect(items[0]).toMatchObject({ answer: null, outcomes: null });
  });

  test('is found page by page and by its state', async () => {
    const all = (await questions.list(ada, hostId, { limit: 200 })).items;
    const first = await questions.list(ada, hostId, { limit: 1 });
    const rest = await questions.list(ada, hostId, { limit: 200, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...rest.items]).toEqual(all);
    await answer();
    const answered = await questions.list(ada, hostId, { limit: 200, state: 'answered' });
    expect(answered.items.map(({ check }) => check)).toEqual([checkId]);
    const open = await questions.list(ada, hostId, { limit: 200, state: 'open' });
    expect(open.items).toHaveLength(all.length - 1);
    await expect(questions.list(ada, hostId, { limit: 1, cursor: 'x' })).rejects.toMatchObject({
      slug: 'cursor-invalid',
    });
  });

  test.for(['container-privileged', 'no-such-check'])('is not asked by %s', async (id) => {
    const input = { outcome: 'pass' as const, reason: 'So it is', validUntil: inDays(1) };
    await expect(questions.get(ada, hostId, id)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(answers.answer(ada, hostId, id, input)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(answers.history(ada, hostId, id, { limit: 1 })).rejects.toMatchObject({ slug: 'not-found' });
  });

  test('about a host of another tenant is not there', async () => {
    const given = await answer();
    const stranger = await anActor(world.database);
    const before = await history();
    const attempts: (() => Promise<unknown>)[] = [
      () => questions.list(stranger, hostId, { limit: 1 }),
      () => questions.get(stranger, hostId, checkId),
      () => answer({}, stranger),
      () => answers.history(stranger, hostId, checkId, { limit: 1 }),
      () => answers.withdraw(stranger, hostId, checkId, given.id),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ slug: 'not-found' });
    expect(await history()).toEqual(before);
    expect(await auditOf(stranger.tenantId)).toEqual([]);
  });
});

describe('an answer', () => {
  test('says what, why, who, when and until when, and is in the audit log', async () => {
    const given = await answer();
    expect(given).toMatchObject({
      hostId,
      check: checkId,
      outcome: 'pass',
      reason: 'Exec is off',
      author: { id: null, name: 'Ada' },
      answeredAt: now.toISOString(),
      validUntil: inDays(30),
      state: 'valid',
      endedAt: null,
    });
    expect(await questions.get(ada, hostId, checkId)).toMatchObject({ state: 'answered', answer: given });
    expect(await auditOf(ada.tenantId)).toMatchObject([
      {
        action: 'question.answered',
        outcome: 'success',
        actor: 'Ada',
        subject: hostId,
        details: { check: checkId, outcome: 'pass', reason: 'Exec is off', validUntil: inDays(30), replaces: null },
      },
    ]);
  });

  test('replaces the one before, which is kept', async () => {
    const first = await answer();
    now = new Date(now.getTime() + 1000);
    const second = await answer({ outcome: 'fail', reason: 'It is on after all' }, { ...ada, name: 'Grace' });
    expect(await history()).toMatchObject([
      { id: second.id, state: 'valid', outcome: 'fail' },
      { id: first.id, state: 'replaced', outcome: 'pass', endedAt: now.toISOString(), endedBy: 'Grace' },
    ]);
    expect((await auditOf(ada.tenantId)).at(-1)).toMatchObject({ details: { replaces: first.id } });
    await expect(answers.withdraw(ada, hostId, checkId, first.id)).rejects.toMatchObject({
      slug: 'state-conflict',
      extra: { state: 'replaced' },
    });
  });

  test('is one of several that came at once, and the others are kept', async () => {
    await Promise.all([answer(), answer(), answer(), answer()]);
    const states = (await history()).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['replaced', 'replaced', 'replaced', 'valid']);
  });

  test('can be withdrawn, once', async () => {
    const given = await answer();
    await answers.withdraw(ada, hostId, checkId, given.id);
    expect(await questions.get(ada, hostId, checkId)).toMatchObject({ state: 'open', answer: null });
    expect(await history()).toMatchObject([{ id: given.id, state: 'withdrawn', endedBy: 'Ada' }]);
    expect((await auditOf(ada.tenantId)).map(({ action }) => action)).toEqual([
      'question.answered',
      'answer.withdrawn',
    ]);
    await expect(answers.withdraw(ada, hostId, checkId, given.id)).rejects.toMatchObject({ slug: 'state-conflict' });
    await expect(answers.withdraw(ada, hostId, 'exec-as-root', given.id)).rejects.toMatchObject({ slug: 'not-found' });
  });

  test.for<[string, (from: Date) => number]>([
    ['has passed', (from) => from.getTime() - 1],
    ['is now', (from) => from.getTime()],
    ['is more than 400 days ahead', (from) => from.getTime() + 400 * dayMs + 1],
  ])('whose end %s is refused by name', async ([, until]) => {
    const validUntil = new Date(until(now)).toISOString();
    await expect(answer({ validUntil })).rejects.toMatchObject({
      slug: 'validation-failed',
      errors: [{ field: 'validUntil', in: 'body' }],
    });
    expect(await history()).toEqual([]);
  });

  test('may vouch for 400 days', async () => {
    expect(await answer({ validUntil: inDays(400) })).toMatchObject({ state: 'valid' });
  });

  test('is not for an API key to give or to take back, and the attempt is in the audit log', async () => {
    const key: Actor = { ...ada, kind: 'api-key', name: 'pipeline', permissions: new Set(permissionsOf.admin) };
    const given = await answer();
    await expect(answer({}, key)).rejects.toMatchObject({ slug: 'permission-missing' });
    await expect(answers.withdraw(key, hostId, checkId, given.id)).rejects.toMatchObject({
      slug: 'permission-missing',
    });
    expect(await history()).toMatchObject([{ id: given.id, state: 'valid' }]);
    expect((await auditOf(ada.tenantId)).slice(1)).toMatchObject([
      { action: 'question.answered', outcome: 'refused', actor: 'pipeline', subject: hostId },
      { action: 'answer.withdrawn', outcome: 'refused', actor: 'pipeline', subject: hostId },
    ]);
  });

  test('has its host judged again, and so has its withdrawal', async () => {
    const before = await revisionOf(hostId);
    const given = await answer();
    expect(await revisionOf(hostId)).toBe(before + 1);
    await answers.withdraw(ada, hostId, checkId, given.id);
    expect(await revisionOf(hostId)).toBe(before + 2);
  });

  test('goes with its host', async () => {
    await answer();
    await world.hosts.delete(ada, hostId);
    expect(await db.asOwner('SELECT 1 FROM host_answers WHERE host_id = $1', [hostId])).toEqual([]);
  });
});

describe('an answer that has expired', () => {
  const sweep = () => new ExpiredAnswersSweeper({ database: world.database, now: () => now, batchHosts: 1 }).sweep();

  test('is shown as such, and is noticed once', async () => {
    await answer({ validUntil: inDays(1) });
    expect(await sweep()).toBe(0);
    now = new Date(now.getTime() + dayMs);
    const before = await revisionOf(hostId);
    expect(await questions.get(ada, hostId, checkId)).toMatchObject({ state: 'expired', answer: { state: 'expired' } });
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await revisionOf(hostId)).toBe(before + 1);
    expect((await auditOf(ada.tenantId)).at(-1)).toMatchObject({
      action: 'answer.expired',
      actor: 'Plimsoll',
      subject: hostId,
      details: { check: checkId, author: 'Ada' },
    });
  });

  test('is noticed on every host, however many there are at once', async () => {
    const other = await aHost(world.database, { tenantId: ada.tenantId });
    await answer({ validUntil: inDays(1) });
    await answer({ validUntil: inDays(1) }, ada, other.id);
    now = new Date(now.getTime() + 2 * dayMs);
    expect(await sweep()).toBe(2);
  });

  test('that was withdrawn or replaced before is none', async () => {
    await answer({ validUntil: inDays(1) });
    const given = await answer({ validUntil: inDays(1) });
    await answers.withdraw(ada, hostId, checkId, given.id);
    now = new Date(now.getTime() + 2 * dayMs);
    expect(await sweep()).toBe(0);
  });
});

describe('a scan', () => {
  const never = new AbortController().signal;
  const scan = async (id: string) => {
    const { id: scanId } = await world.scans.start(ada, id);
    await world.pipeline({ now: () => now }).run({ tenantId: ada.tenantId, scanId }, never);
    const [row] = await db.asOwner<{ outcomes: Record<string, Record<string, number>> }>(
      'SELECT outcomes FROM check_summaries WHERE scan_id = $1',
      [scanId],
    );
    return { scanId, counts: row?.outcomes[checkId] };
  };

  test('takes an answer where it can not tell, until the answer expires', async () => {
    const { id } = await world.register(ada, engine);
    const untold = await scan(id);
    expect(untold.counts).toMatchObject({ pass: 0, fail: 0 });
    const things = untold.counts?.['unknown'];
    expect(things).toBeGreaterThan(0);
    await answer({ validUntil: inDays(1) }, ada, id);
    expect((await scan(id)).counts).toMatchObject({ pass: things, unknown: 0 });
    expect(await questions.get(ada, id, checkId)).toMatchObject({ outcomes: { pass: things, unknown: 0 } });
    now = new Date(now.getTime() + dayMs);
    expect((await scan(id)).counts).toMatchObject({ pass: 0, unknown: things });
  });

  test('need not be waited for: its snapshot is judged again by an answer, its end and its withdrawal', async () => {
    const gone = await startSimulatedHost();
    const { id } = await world.register(ada, gone);
    const { counts: untold } = await scan(id);
    await gone.close();
    const judgedAgain = async () => {
      await new JudgeAgainSweeper({ database: world.database, waitingLimit: 1_000 }).sweep();
      const [queued] = (await world.scans.list(ada, { hostId: id, state: 'queued', limit: 1 })).items;
      if (queued === undefined) return 'nothing queued';
      await world.pipeline({ now: () => now }).run({ tenantId: ada.tenantId, scanId: queued.id }, never);
      return (await questions.get(ada, id, checkId)).outcomes;
    };
    expect(await judgedAgain()).toBe('nothing queued');
    const first = await answer({ validUntil: inDays(1) }, ada, id);
    expect(await judgedAgain()).toMatchObject({ pass: untold?.['unknown'], unknown: 0 });
    await answers.withdraw(ada, id, checkId, first.id);
    expect(await judgedAgain()).toMatchObject({ pass: 0, unknown: untold?.['unknown'] });
    await answer({ validUntil: inDays(1) }, ada, id);
    expect(await judgedAgain()).toMatchObject({ unknown: 0 });
    now = new Date(now.getTime() + dayMs);
    expect(await judgedAgain()).toBe('nothing queued');
    await new ExpiredAnswersSweeper({ database: world.database, now: () => now }).sweep();
    expect(await judgedAgain()).toMatchObject({ pass: 0, unknown: untold?.['unknown'] });
  });

  test('opens findings by a no, and closes them by a yes', async () => {
    const { id } = await world.register(ada, engine, { name: 'other' });
    await answer({ outcome: 'fail', reason: 'Everybody may exec' }, ada, id);
    await scan(id);
    const findings = () =>
      world.database.forTenant(ada.tenantId, (tx) => tx.finding.findMany({ where: { hostId: id, checkId } }));
    const opened = await findings();
    expect(opened.length).toBeGreaterThan(0);
    expect(opened[0]).toMatchObject({ status: 'open', reason: expect.stringContaining('Everybody may exec') });
    expect(opened[0]?.evidence).toContainEqual({ source: 'answer.author', value: 'Ada' });
    await answer({ reason: 'Switched off' }, ada, id);
    await scan(id);
    expect(new Set((await findings()).map(({ status }) => status))).toEqual(new Set(['fixed']));
  });
});
