import { createHash } from 'node:crypto';
import { PreconditionRequired, ValidationFailed, VersionConflict } from '@plimsoll/contracts';

/**
 * The entity tag of a representation: `"<version>.<digest>"`, or `"<digest>"` for a thing without a version.
 * The version counts what a client can change, so that is what `If-Match` compares; the digest covers the whole
 * body (a host's score changes with no update), so that is what `If-None-Match` compares.
 */
export const entityTagOf = (body: unknown): string => {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 16);
  const version = versionOf(body);
  return version === undefined ? `"${digest}"` : `"${version}.${digest}"`;
};

const versionOf = (body: unknown): number | undefined =>
  typeof body === 'object' && body !== null && 'version' in body && typeof body.version === 'number'
    ? body.version
    : undefined;

const listOfTags = /^\s*(?:W\/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e]*")*\s*$/;
const eachTag = /(W\/)?"([\x21\x23-\x7e]*)"/g;

/**
 * What `If-Match` asks for: the version that the client has read, or null for `*` (any).
 * @throws PreconditionRequired without the header
 * @throws VersionConflict for a weak tag: it never matches in the strong comparison of RFC 9110, 13.1.1
 * @throws ValidationFailed for anything that is not one entity tag of this API
 */
export const expectedVersionOf = (header: string | undefined): number | null => {
  if (header === undefined || header.trim() === '') throw new PreconditionRequired({});
  if (header.trim() === '*') return null;
  const tags = listOfTags.test(header) ? [...header.matchAll(eachTag)] : [];
  const tag = tags[0];
  if (tag === undefined || tags.length > 1) throw ifMatchInvalid();
  if (tag[1] !== undefined) {
    throw new VersionConflict(
      { currentETag: '' },
      { detail: 'A weak ETag never matches. Send the one you have read.' },
    );
  }
  const version = /^(\d{1,9})(?:\.[\w-]+)?$/.exec(tag[2] ?? '')?.[1];
  if (version === undefined) throw ifMatchInvalid();
  return Number(version);
};

const ifMatchInvalid = (): Error =>
  new ValidationFailed(
    {},
    { errors: [{ field: 'If-Match', in: 'header', message: 'Send exactly one ETag as you have read it, or *' }] },
  );

/** Whether `If-None-Match` names this tag, in the weak comparison that RFC 9110 asks for on reads. */
export const noneMatchHolds = (header: string | undefined, current: string): boolean => {
  if (header === undefined) return true;
  if (header.trim() === '*') return false;
  if (!listOfTags.test(header)) return true;
  return ![...header.matchAll(eachTag)].some((tag) => `"${tag[2] ?? ''}"` === current);
};
