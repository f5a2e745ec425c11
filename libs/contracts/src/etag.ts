/** The entity tag of a version, for `VersionConflict.currentETag`: accepted in `If-Match` as it stands. */
export const versionETag = (version: number): string => `"${version}"`;
