-- What a tenant has adjusted of a check, and what tells that a host was judged by something else than it would be now.

CREATE TABLE "check_parameters" (
  "tenant_id" UUID NOT NULL,
  "check_id" TEXT NOT NULL,
  "values" JSONB NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  "updated_by_id" UUID,
  "updated_by_name" TEXT NOT NULL DEFAULT '',
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "check_parameters_pkey" PRIMARY KEY ("tenant_id", "check_id")
);
ALTER TABLE "check_parameters" ADD CONSTRAINT "check_parameters_tenant_id_fkey"
  FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "check_parameters" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "check_parameters"
  USING ("tenant_id" = current_tenant_id()) WITH CHECK ("tenant_id" = current_tenant_id());

ALTER TABLE "tenants" ADD COLUMN "judging_revision" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "hosts" ADD COLUMN "judging_revision" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "hosts" ADD COLUMN "judged_basis" TEXT;
ALTER TABLE "installations" ADD COLUMN "catalogue_version" TEXT NOT NULL DEFAULT '';
ALTER TABLE "check_summaries" ADD COLUMN "adjusted_parameters" JSONB NOT NULL DEFAULT '[]';
ALTER TABLE "findings" ADD COLUMN "found_by_catalogue_version" TEXT NOT NULL DEFAULT '';

-- The tables' own policies would hide every row from this: it belongs to no tenant.
ALTER TABLE "findings" NO FORCE ROW LEVEL SECURITY;
UPDATE "findings" SET "found_by_catalogue_version" = "catalogue_version";
ALTER TABLE "findings" FORCE ROW LEVEL SECURITY;

-- Hosts with a stored snapshot are judged again once, since nothing is known of what they were judged by.
ALTER TABLE "hosts" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "snapshots" NO FORCE ROW LEVEL SECURITY;
UPDATE "hosts" h SET "judged_basis" = ''
WHERE EXISTS (SELECT 1 FROM "snapshots" s WHERE s."tenant_id" = h."tenant_id" AND s."host_id" = h."id");
ALTER TABLE "hosts" FORCE ROW LEVEL SECURITY;
ALTER TABLE "snapshots" FORCE ROW LEVEL SECURITY;

DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT plimsoll_platform TO %I', current_user);
  END IF;
END
$$;
GRANT CREATE ON SCHEMA platform TO plimsoll_platform;

GRANT SELECT ("judging_revision") ON "tenants" TO plimsoll_platform;
GRANT SELECT ("id", "tenant_id", "judging_revision", "judged_basis") ON "hosts" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "hosts" FOR SELECT TO plimsoll_platform USING (true);
GRANT SELECT ("kind") ON "scans" TO plimsoll_platform;
GRANT SELECT ("catalogue_version"), UPDATE ("catalogue_version") ON "installations" TO plimsoll_platform;

-- The catalogue that judges from now on: that of the worker that started last.
CREATE FUNCTION platform.announce_catalogue(p_catalogue_version text)
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE public.installations SET catalogue_version = p_catalogue_version
  WHERE catalogue_version <> p_catalogue_version
$$;

-- Hosts that were judged by another catalogue, by other parameters or by other answers than they would be now, tenants in
-- turn; none for a worker whose catalogue is not the one that judges, and none that are worked on already.
CREATE FUNCTION platform.find_hosts_to_judge_again(p_catalogue_version text, p_waiting_limit integer)
  RETURNS TABLE (tenant_id uuid, host_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT due.tenant_id, due.id
  FROM (SELECT h.tenant_id, h.id, row_number() OVER (PARTITION BY h.tenant_id ORDER BY h.id) AS turn
        FROM public.hosts h JOIN public.tenants t ON t.id = h.tenant_id
        WHERE h.judged_basis IS NOT NULL
          AND h.judged_basis <> p_catalogue_version || '/' || t.judging_revision || '/' || h.judging_revision
          AND NOT EXISTS (SELECT 1 FROM public.scans s
                          WHERE s.host_id = h.id AND s.state IN ('queued', 'running'))) AS due
  WHERE EXISTS (SELECT 1 FROM public.installations i WHERE i.catalogue_version = p_catalogue_version)
  ORDER BY due.turn, due.id
  LIMIT greatest(0, p_waiting_limit - (SELECT count(*) FROM public.scans s
                                       WHERE s.kind = 'rejudge' AND s.state IN ('queued', 'running')))
$$;

DO $$
DECLARE
  f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['platform.announce_catalogue(text)', 'platform.find_hosts_to_judge_again(text, integer)'] LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO plimsoll_platform', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I WITH GRANT OPTION', f, current_user);
  END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA platform FROM plimsoll_platform;
DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('REVOKE plimsoll_platform FROM %I', current_user);
  END IF;
END
$$;
