-- The few things that must be done before a tenant is known, or for all tenants at once. Each is one function that gives
-- back no more than is needed. They run as a role of their own that can not log in, owns no table, and whose rights and
-- policies below are the whole list of what can be reached across tenants.

DO $$
BEGIN
  CREATE ROLE plimsoll_platform NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION
  -- Roles belong to the whole server; another database of it may have brought this one.
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
  -- To hand the functions over to it; a superuser needs no membership.
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT plimsoll_platform TO %I', current_user);
  END IF;
END
$$;

CREATE SCHEMA platform;
GRANT USAGE, CREATE ON SCHEMA platform TO plimsoll_platform;
GRANT USAGE ON SCHEMA public TO plimsoll_platform;

GRANT SELECT ("id", "email", "name", "password_hash", "locale", "disabled_at") ON "users" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "users" FOR SELECT TO plimsoll_platform USING (true);

GRANT SELECT ("id") ON "tenants" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "tenants" FOR SELECT TO plimsoll_platform USING (true);

-- Named by the policies of users and tenants, so the role must be able to evaluate them; it gets no rows by itself.
GRANT SELECT ("tenant_id", "user_id") ON "memberships" TO plimsoll_platform;

GRANT SELECT, DELETE, UPDATE ("rotated_at", "revoked_at") ON "refresh_tokens" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "refresh_tokens" FOR SELECT TO plimsoll_platform USING (true);
CREATE POLICY "platform_revokes" ON "refresh_tokens" FOR UPDATE TO plimsoll_platform USING (true);
CREATE POLICY "platform_purges" ON "refresh_tokens" FOR DELETE TO plimsoll_platform USING (true);

GRANT SELECT ON "api_keys" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "api_keys" FOR SELECT TO plimsoll_platform USING (true);

GRANT SELECT, DELETE, UPDATE ("dispatched_at", "attempts", "set_aside_at") ON "outbox_messages" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "outbox_messages" FOR SELECT TO plimsoll_platform USING (true);
CREATE POLICY "platform_dispatches" ON "outbox_messages" FOR UPDATE TO plimsoll_platform USING (true);
CREATE POLICY "platform_purges" ON "outbox_messages" FOR DELETE TO plimsoll_platform USING (true);

GRANT SELECT ("id", "tenant_id", "host_id", "state", "attempt", "queued_at", "lease_expires_at") ON "scans" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "scans" FOR SELECT TO plimsoll_platform USING (true);

GRANT SELECT ("id", "tenant_id", "endpoint_id", "state", "next_attempt_at") ON "webhook_deliveries" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "webhook_deliveries" FOR SELECT TO plimsoll_platform USING (true);

GRANT SELECT ("tenant_id", "actor_id", "key", "expires_at"), DELETE ON "idempotency_keys" TO plimsoll_platform;
CREATE POLICY "platform_reads" ON "idempotency_keys" FOR SELECT TO plimsoll_platform USING (true);
CREATE POLICY "platform_purges" ON "idempotency_keys" FOR DELETE TO plimsoll_platform USING (true);

GRANT SELECT ("key", "expires_at"), DELETE ON "login_throttles" TO plimsoll_platform;

-- Login: who is that, and is the password right.
CREATE FUNCTION platform.find_user_by_email(p_email text)
  RETURNS TABLE (id uuid, email text, name text, password_hash text, locale text, disabled_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT u.id, u.email, u.name, u.password_hash, u.locale, u.disabled_at
  FROM public.users u WHERE lower(u.email) = lower(p_email)
$$;

CREATE FUNCTION platform.find_refresh_token(p_token_hash bytea)
  RETURNS TABLE (id uuid, tenant_id uuid, user_id uuid, family_id uuid,
                 expires_at timestamptz, rotated_at timestamptz, revoked_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.id, t.tenant_id, t.user_id, t.family_id, t.expires_at, t.rotated_at, t.revoked_at
  FROM public.refresh_tokens t WHERE t.token_hash = p_token_hash
$$;

CREATE FUNCTION platform.find_api_key(p_prefix text)
  RETURNS TABLE (id uuid, tenant_id uuid, name text, hash bytea, role public.role,
                 expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT k.id, k.tenant_id, k.name, k.hash, k.role, k.expires_at, k.last_used_at, k.revoked_at
  FROM public.api_keys k WHERE k.prefix = p_prefix
$$;

-- Takes the token's place, once: of two requests at the same time one gets the row. The next token may be another
-- tenant's, so this can not be the work of either.
CREATE FUNCTION platform.rotate_refresh_token(p_token_hash bytea, p_at timestamptz)
  RETURNS TABLE (id uuid, tenant_id uuid, user_id uuid, family_id uuid)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE public.refresh_tokens t SET rotated_at = p_at
  WHERE t.token_hash = p_token_hash AND t.rotated_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > p_at
  RETURNING t.id, t.tenant_id, t.user_id, t.family_id
$$;

-- A log-out, or a token that was used twice, ends the session in whatever tenants it went through.
CREATE FUNCTION platform.revoke_session(p_family_id uuid)
  RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH revoked AS (
    UPDATE public.refresh_tokens t SET revoked_at = now()
    WHERE t.family_id = p_family_id AND t.revoked_at IS NULL
    RETURNING 1
  )
  SELECT count(*)::integer FROM revoked
$$;

-- A changed password ends the user's sessions in every tenant.
CREATE FUNCTION platform.revoke_user_sessions(p_user_id uuid, p_except_family_id uuid)
  RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH revoked AS (
    UPDATE public.refresh_tokens t SET revoked_at = now()
    WHERE t.user_id = p_user_id AND t.revoked_at IS NULL AND t.family_id IS DISTINCT FROM p_except_family_id
    RETURNING 1
  )
  SELECT count(*)::integer FROM revoked
$$;

CREATE FUNCTION platform.any_tenant_exists()
  RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT 1 FROM public.tenants)
$$;

-- For work that goes through the tenants one by one.
CREATE FUNCTION platform.list_tenant_ids(p_after uuid, p_limit integer)
  RETURNS TABLE (id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.id FROM public.tenants t WHERE p_after IS NULL OR t.id > p_after ORDER BY t.id LIMIT p_limit
$$;

-- The oldest messages nobody else holds, of all tenants but those whose messages can not leave at present; they stay
-- locked until the caller's transaction ends.
CREATE FUNCTION platform.claim_outbox_messages(p_limit integer, p_except_tenant_ids uuid[])
  RETURNS TABLE (id uuid, sequence bigint, tenant_id uuid, type text, payload jsonb, created_at timestamptz)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT o.id, o.sequence, o.tenant_id, o.type, o.payload, o.created_at
  FROM public.outbox_messages o
  WHERE o.dispatched_at IS NULL AND o.set_aside_at IS NULL AND o.tenant_id <> ALL (p_except_tenant_ids)
  ORDER BY o.sequence LIMIT p_limit FOR UPDATE SKIP LOCKED
$$;

CREATE FUNCTION platform.mark_outbox_dispatched(p_ids uuid[])
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE public.outbox_messages o SET dispatched_at = now() WHERE o.id = ANY (p_ids)
$$;

-- A message that could not be read once more; from so many times on it is set aside.
CREATE FUNCTION platform.note_outbox_unreadable(p_id uuid, p_attempts_limit integer)
  RETURNS boolean
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE public.outbox_messages o
  SET attempts = o.attempts + 1,
      set_aside_at = CASE WHEN o.attempts + 1 >= p_attempts_limit THEN now() ELSE o.set_aside_at END
  WHERE o.id = p_id
  RETURNING o.set_aside_at IS NOT NULL
$$;

-- Scans that nobody works on: their worker's lease ran out, or their job was lost before anyone took it.
CREATE FUNCTION platform.find_stalled_scans(p_queued_before timestamptz, p_limit integer)
  RETURNS TABLE (tenant_id uuid, scan_id uuid, host_id uuid, state text, attempt integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.tenant_id, s.id, s.host_id, s.state, s.attempt
  FROM public.scans s
  WHERE (s.state = 'running' AND s.lease_expires_at < now())
     OR (s.state = 'queued' AND s.queued_at < p_queued_before)
  ORDER BY s.queued_at LIMIT p_limit
$$;

CREATE FUNCTION platform.find_due_deliveries(p_due_before timestamptz, p_limit integer)
  RETURNS TABLE (tenant_id uuid, delivery_id uuid, endpoint_id uuid, next_attempt_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT d.tenant_id, d.id, d.endpoint_id, d.next_attempt_at
  FROM public.webhook_deliveries d
  WHERE d.state = 'pending' AND d.next_attempt_at <= p_due_before
  ORDER BY d.next_attempt_at LIMIT p_limit
$$;

-- For metrics: how much waits, as numbers over all tenants.
CREATE FUNCTION platform.read_backlog()
  RETURNS TABLE (outbox_pending bigint, outbox_oldest_at timestamptz,
                 scans_queued bigint, scans_running bigint, deliveries_pending bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT
    (SELECT count(*) FROM public.outbox_messages o WHERE o.dispatched_at IS NULL AND o.set_aside_at IS NULL),
    (SELECT o.created_at FROM public.outbox_messages o
     WHERE o.dispatched_at IS NULL AND o.set_aside_at IS NULL ORDER BY o.sequence LIMIT 1),
    (SELECT count(*) FROM public.scans s WHERE s.state = 'queued'),
    (SELECT count(*) FROM public.scans s WHERE s.state = 'running'),
    (SELECT count(*) FROM public.webhook_deliveries d WHERE d.state = 'pending')
$$;

-- Rows that only time has ended. Refresh tokens stay a while after their end, so that a reuse is still recognised.
CREATE FUNCTION platform.purge_expired(p_dispatched_before timestamptz, p_tokens_expired_before timestamptz)
  RETURNS TABLE (idempotency_keys bigint, refresh_tokens bigint, login_throttles bigint, outbox_messages bigint)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH keys AS (DELETE FROM public.idempotency_keys k WHERE k.expires_at < now() RETURNING 1),
       tokens AS (DELETE FROM public.refresh_tokens t WHERE t.expires_at < p_tokens_expired_before RETURNING 1),
       throttles AS (DELETE FROM public.login_throttles l WHERE l.expires_at < now() RETURNING 1),
       -- What was set aside stays as long, for whoever looks into it.
       messages AS (DELETE FROM public.outbox_messages o
                    WHERE o.dispatched_at < p_dispatched_before OR o.set_aside_at < p_tokens_expired_before
                    RETURNING 1)
  SELECT (SELECT count(*) FROM keys), (SELECT count(*) FROM tokens),
         (SELECT count(*) FROM throttles), (SELECT count(*) FROM messages)
$$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'platform'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO plimsoll_platform', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    -- To pass on to the application's role, whose name only the program knows.
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I WITH GRANT OPTION', f, current_user);
  END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA platform FROM plimsoll_platform;

-- The owner handed the functions over and is bound by every policy again.
DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('REVOKE plimsoll_platform FROM %I', current_user);
  END IF;
END
$$;
