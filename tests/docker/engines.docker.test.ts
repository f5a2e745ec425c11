import { HostSnapshot } from '@plimsoll/snapshot';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWithPrograms } from './availability.ts';
import { engineCases, EngineUnavailable, type StartedEngine } from './engines/cases.ts';
import { differences } from './engines/compare.ts';
import { plantedSecret } from './engines/population.ts';
import { scanReplayOf } from './engines/replay.ts';
import { scanOnce, targetOf } from './scan.ts';

const parts = [
  'endpoint',
  'version',
  'info',
  'ping',
  'containers',
  'images',
  'networks',
  'volumes',
  'plugins',
  'swarm',
] as const;

for (const engineCase of engineCases) {
  describeWithPrograms(`a scan of ${engineCase.name}`, engineCase.programs, () => {
    let engine: StartedEngine | undefined;
    let scanned: HostSnapshot | undefined;
    let requests: readonly string[] = [];
    let whyNot = '';
    beforeAll(async () => {
      try {
        engine = await engineCase.start();
      } catch (error) {
        if (!(error instanceof EngineUnavailable)) throw error;
        whyNot = error.message;
        console.warn(`SKIPPED, ${whyNot}`);
        return;
      }
      const before = engine.requests?.length ?? 0;
      scanned = await scanOnce(targetOf(engine.world));
      requests = engine.requests?.slice(before) ?? [];
      const version = ('value' in scanned.version ? scanned.version.value.Version : undefined) ?? 'none';
      if (!engineCase.versions.test(version)) {
        whyNot = `the table of ${engineCase.name} is for ${String(engineCase.versions)}, and this one is ${version}`;
        console.warn(`SKIPPED, ${whyNot}`);
      }
    }, 600_000);
    afterAll(() => engine?.stop(), 60_000);
    beforeEach(({ skip }) => skip(whyNot !== '', whyNot));

    const snapshot = (): HostSnapshot => {
      if (scanned === undefined) throw new Error(whyNot);
      return scanned;
    };

    test('finds what is expected, check by check, no more and no less', () => {
      const { found, expected } = differences(snapshot(), engineCase.expected);
      expect(found).toEqual(expected);
    });

    test('reads every part that the engine has, and no secret', () => {
      expect(HostSnapshot.parse(snapshot())).toEqual(snapshot());
      expect(parts.filter((part) => 'missing' in snapshot()[part])).toEqual(engineCase.missingParts);
      expect(JSON.stringify(snapshot())).not.toContain(plantedSecret);
      expect(snapshot().notes).toEqual([]);
    });

    test('finds the same in the simulator, by a recording of this engine', async () => {
      if (engine === undefined) throw new Error(whyNot);
      const replayed = await scanReplayOf(engine.world.socket, snapshot());
      const { found, expected } = differences(replayed, engineCase.expected, 'what the API says');
      expect(found).toEqual(expected);
    });

    for (const { name, holds } of engineCase.claims) {
      test(`it ${name}`, async () => {
        if (engine === undefined) throw new Error(whyNot);
        await holds({ world: engine.world, snapshot: snapshot(), requests });
      });
    }
  });
}
