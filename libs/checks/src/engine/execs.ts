import { type ContainerEntry, type ContainerExec, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from './verdict.ts';

export const execParameters = z.strictObject({
  /** Until when somebody vouches that exec is restricted and reviewed, RFC 3339 in UTC; null for nobody. */
  attestedUntil: z.iso.datetime().nullable().default(null),
});

export interface ExecRule {
  /** What the rule looks for, e.g. "privileged". */
  readonly named: string;
  /** Whether a live exec breaks the rule; undefined where its field was not seen. */
  readonly breaks: (exec: ContainerExec) => boolean | undefined;
  readonly evidenceOf: (exec: ContainerExec) => Evidence;
  readonly takenAt: string;
  readonly attestedUntil: string | null;
}

const seconds = (time: string): string => time.slice(0, 'yyyy-mm-ddThh:mm:ss'.length);

/**
 * Judges the execs of a container that is up. The engine forgets an exec when it ends and its events name neither user
 * nor privileges, so a snapshot alone never passes: a person vouches for what it can not see.
 */
export const judgeExecs = (container: ContainerEntry, up: boolean, rule: ExecRule): Judgement => {
  if (!up) return notApplicable('The container is not up: nothing is run in it');
  const execs = valueOf(container.execs);
  if (execs === undefined)
    return unknown(
      'The commands that run in the container were not seen',
      'A scan that can read them (GET /exec/{id})',
    );
  const breaking = execs.filter((exec) => rule.breaks(exec) === true);
  const [first] = breaking;
  if (first !== undefined) {
    const program = first.entrypoint === undefined ? 'A command' : first.entrypoint.slice(0, 100);
    const others = breaking.length === 1 ? '' : `, and ${breaking.length - 1} more`;
    return fail(
      `${program} runs in the container by docker exec, ${rule.named}${others}`,
      breaking.slice(0, 20).map(rule.evidenceOf),
    );
  }
  const attested = rule.attestedUntil !== null && seconds(rule.takenAt) <= seconds(rule.attestedUntil);
  const unseen = execs.some((exec) => rule.breaks(exec) === undefined);
  if (attested && !unseen)
    return pass(`Nothing now runs ${rule.named} by docker exec, and exec is vouched for until ${rule.attestedUntil}`, [
      { source: 'execs', value: execs.length },
    ]);
  return unknown(
    unseen
      ? 'Something runs in the container by docker exec, and how was not seen'
      : 'The engine keeps no record of commands that have ended',
    'A person who vouches that exec is restricted and reviewed (an authorization plugin, or an audit log that is read)',
  );
};
