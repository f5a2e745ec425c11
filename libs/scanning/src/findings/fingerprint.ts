import { hash } from 'node:crypto';
import type { Subject } from '@plimsoll/checks';

/**
 * Names a problem for good: what is wrong, and about which lasting thing of a host. Ids, tags and replica numbers are
 * not in it, so a redeploy neither doubles nor forgets a finding. Unique within one host.
 * @returns SHA-256 as 64 lower-case hexadecimal digits
 */
export const fingerprintOf = (checkId: string, subject: Pick<Subject, 'kind' | 'lastingName'>): string =>
  // Neither a check's id nor a kind holds a bar, so the joined text is as unambiguous as its parts.
  hash('sha256', `${checkId}|${subject.kind}|${subject.lastingName}`, 'hex');
