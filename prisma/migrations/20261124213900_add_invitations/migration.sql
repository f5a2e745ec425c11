-- Whoever has an account already joins another tenant by accepting an invitation, never by being added to it.

CREATE TABLE "invitations" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "created_by_id" UUID,
    "created_by_name" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "invitations_code_hash_key" ON "invitations"("code_hash");
CREATE UNIQUE INDEX "invitations_tenant_id_email_key" ON "invitations"("tenant_id", "email");
CREATE INDEX "invitations_tenant_id_created_at_id_idx" ON "invitations"("tenant_id", "created_at", "id");
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_tenant_id_fkey"
  FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "invitations"
  USING ("tenant_id" = current_tenant_id()) WITH CHECK ("tenant_id" = current_tenant_id());

-- To whoever holds its code, an invitation shows which tenant it is of: the one that is about to be joined.
DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT plimsoll_platform TO %I', current_user);
  END IF;
END
$$;
GRANT CREATE ON SCHEMA platform TO plimsoll_platform;
GRANT SELECT ("id", "tenant_id", "email", "role", "code_hash", "expires_at") ON "invitations" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "invitations" FOR SELECT TO plimsoll_platform USING (true);

CREATE FUNCTION platform.find_invitation(p_code_hash bytea)
  RETURNS TABLE (id uuid, tenant_id uuid, email text, role public.role, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT i.id, i.tenant_id, i.email, i.role, i.expires_at FROM public.invitations i WHERE i.code_hash = p_code_hash
$$;

DO $$
BEGIN
  ALTER FUNCTION platform.find_invitation(bytea) OWNER TO plimsoll_platform;
  REVOKE ALL ON FUNCTION platform.find_invitation(bytea) FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION platform.find_invitation(bytea) TO %I WITH GRANT OPTION', current_user);
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
