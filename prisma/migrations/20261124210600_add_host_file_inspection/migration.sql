-- Whether scans may read files of a host, and what came of it in each scan.
ALTER TABLE "hosts" ADD COLUMN "inspect_host_files" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "scans" ADD COLUMN "host_files" TEXT;
ALTER TABLE "scans" ADD CONSTRAINT "scans_host_files_check"
  CHECK ("host_files" IN ('off', 'asked', 'read', 'not-read'));
