import { valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { type Check, defineCheck } from '../engine/check.ts';
import { aboutHostFiles } from '../engine/host-file-facts.ts';
import { judgeOwners } from '../engine/host-permissions.ts';
import type { HostView, Places } from '../engine/host-places.ts';
import type { Judgement } from '../engine/verdict.ts';
import { type GuardedFile, commonOf, guardedFiles, unitPlaces } from './guarded-files.ts';

const textsOf = (file: GuardedFile) => ({
  ...commonOf(file, file.ownerNumber),
  id: `${file.id}-owner`,
  severity: file.severity,
  title: `${file.what} belongs to root`,
  remediation: `chown root:root ${file.path} (the path that the finding names). No option of docker run, compose or daemon.json changes it.`,
  decidedBy: `${file.found} User and group must be 0, by number, since names may be missing. With remapped users the ids stay the host's own; a rootless daemon sees its own account as 0 and host root as nobody, so only the account's own files are judged there.`,
});

const judgeFile = (file: GuardedFile, view: HostView, places: Places): Judgement => {
  const judged = judgeOwners(view.facts, file, places, { isRootless: view.context.isRootless, isOwn: file.isOwn });
  const severity = file.severityHere?.(view);
  return judged.outcome === 'fail' && severity !== undefined ? { ...judged, severity } : judged;
};

const ownerOf = (file: GuardedFile): Check =>
  defineCheck({
    ...textsOf(file),
    *evaluate({ snapshot, context }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const view = { facts, context, snapshot };
        return judgeFile(file, view, file.placesOf(view));
      });
    },
  });

const ownerOfUnit = (file: GuardedFile, unit: string): Check =>
  defineCheck({
    ...textsOf(file),
    parameters: z.strictObject({
      includeDropIns: z.boolean().default(true).describe('Judge the drop-ins of the unit too'),
    }),
    *evaluate({ snapshot, context, parameters: { includeDropIns } }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const view = { facts, context, snapshot };
        return judgeFile(file, view, unitPlaces(view, unit, includeDropIns));
      });
    },
  });

export default guardedFiles.map((file) => (file.unit === undefined ? ownerOf(file) : ownerOfUnit(file, file.unit)));
