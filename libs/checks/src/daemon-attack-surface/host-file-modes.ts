import { type HostFiles, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { type Check, defineCheck } from '../engine/check.ts';
import { aboutHostFiles } from '../engine/host-file-facts.ts';
import { type ModeLimit, judgeModes, modeParameter } from '../engine/host-permissions.ts';
import type { HostView, Places } from '../engine/host-places.ts';
import type { Judgement } from '../engine/verdict.ts';
import { type GuardedFile, commonOf, guardedFiles, unitPlaces } from './guarded-files.ts';

const textsOf = (file: GuardedFile) => ({
  ...commonOf(file, file.modeNumber),
  id: `${file.id}-mode`,
  severity: file.modeSeverity ?? file.severity,
  title: `${file.what} grants no more than ${file.maxMode}`,
  remediation: `chmod ${file.maxMode} ${file.path} (the path that the finding names). No option of docker run, compose or daemon.json changes it.`,
  decidedBy: `${file.found} No permission bit may lie outside maxMode; bits are compared, not numbers, so 0606 is wider than 0644. Set-uid and set-gid count on files. Access lists (ACL) do not show: an entry more can stand behind a clean mode.`,
});

interface Wanted {
  readonly maxMode: string;
  readonly tolerateOwnerWrite?: boolean;
}

const judgeFile = (file: GuardedFile, view: HostView, places: Places, { maxMode, ...rest }: Wanted): Judgement => {
  const here = file.severityHere?.(view);
  const severity: ModeLimit['severity'] = (surplus) => here ?? file.severityOf?.(surplus);
  return judgeModes(view.facts, file, places, { maxMode: () => maxMode, severity, ...rest });
};

const view = (facts: HostFiles, rest: Omit<HostView, 'facts'>): HostView => ({ facts, ...rest });

const modeOf = (file: GuardedFile): Check =>
  defineCheck({
    ...textsOf(file),
    parameters: z.strictObject({ maxMode: modeParameter(file.maxMode) }),
    *evaluate({ snapshot, context, parameters }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const seen = view(facts, { context, snapshot });
        return judgeFile(file, seen, file.placesOf(seen), parameters);
      });
    },
  });

const modeOfPublicFile = (file: GuardedFile): Check =>
  defineCheck({
    ...textsOf(file),
    parameters: z.strictObject({
      maxMode: modeParameter(file.maxMode),
      tolerateOwnerWrite: z
        .boolean()
        .default(false)
        .describe('Tell it as a remark where the owner may write and nothing else is wrong'),
    }),
    *evaluate({ snapshot, context, parameters }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const seen = view(facts, { context, snapshot });
        return judgeFile(file, seen, file.placesOf(seen), parameters);
      });
    },
  });

const modeOfUnit = (file: GuardedFile, unit: string): Check =>
  defineCheck({
    ...textsOf(file),
    parameters: z.strictObject({
      maxMode: modeParameter(file.maxMode),
      includeDropIns: z.boolean().default(true).describe('Judge the drop-ins of the unit too'),
    }),
    *evaluate({ snapshot, context, parameters: { maxMode, includeDropIns } }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const seen = view(facts, { context, snapshot });
        return judgeFile(file, seen, unitPlaces(seen, unit, includeDropIns), { maxMode });
      });
    },
  });

export default guardedFiles.map((file) => {
  if (file.unit !== undefined) return modeOfUnit(file, file.unit);
  return file.maxMode === '0444' ? modeOfPublicFile(file) : modeOf(file);
});
