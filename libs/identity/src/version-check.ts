import { VersionConflict, versionETag } from '@plimsoll/contracts';

/**
 * Compares what the client has read (`If-Match`; null for any) with what is there. The row must be locked.
 * @throws VersionConflict
 */
export const requireVersion = (row: { readonly version: number }, expected: number | null): void => {
  if (expected === null || row.version === expected) return;
  throw new VersionConflict(
    { currentETag: versionETag(row.version) },
    { detail: 'Somebody changed it since you read it; read it again.' },
  );
};
