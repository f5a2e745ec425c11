-- What time has ended goes in portions: one statement for a backlog of millions would run into the statement timeout, hold
-- its locks for minutes, and start from nothing at the next try.

DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT plimsoll_platform TO %I', current_user);
  END IF;
END
$$;
GRANT CREATE ON SCHEMA platform TO plimsoll_platform;

-- By time alone, so that a portion is found without reading what stays.
CREATE INDEX "outbox_messages_set_aside_at_idx" ON "outbox_messages" ("set_aside_at") WHERE "set_aside_at" IS NOT NULL;

DROP FUNCTION platform.purge_expired(timestamptz, timestamptz);

-- At most so many rows of each kind, the oldest first: whoever calls it again until less is left than that holds no lock
-- for long. Refresh tokens stay a while after their end, so that a reuse is still recognised.
CREATE FUNCTION platform.purge_expired(p_dispatched_before timestamptz, p_tokens_expired_before timestamptz, p_limit integer)
  RETURNS TABLE (idempotency_keys bigint, refresh_tokens bigint, login_throttles bigint, outbox_messages bigint)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH keys AS (
    DELETE FROM public.idempotency_keys k WHERE (k.tenant_id, k.actor_id, k.key) IN (
      SELECT e.tenant_id, e.actor_id, e.key FROM public.idempotency_keys e
      WHERE e.expires_at < now() ORDER BY e.expires_at LIMIT p_limit)
    RETURNING 1
  ), tokens AS (
    DELETE FROM public.refresh_tokens t WHERE t.id IN (
      SELECT e.id FROM public.refresh_tokens e
      WHERE e.expires_at < p_tokens_expired_before ORDER BY e.expires_at LIMIT p_limit)
    RETURNING 1
  ), throttles AS (
    DELETE FROM public.login_throttles l WHERE l.key IN (
      SELECT e.key FROM public.login_throttles e WHERE e.expires_at < now() ORDER BY e.expires_at LIMIT p_limit)
    RETURNING 1
  ), messages AS (
    DELETE FROM public.outbox_messages o WHERE o.id IN (
      (SELECT e.id FROM public.outbox_messages e
       WHERE e.dispatched_at < p_dispatched_before ORDER BY e.dispatched_at LIMIT p_limit)
      UNION ALL
      -- What was set aside stays as long, for whoever looks into it.
      (SELECT e.id FROM public.outbox_messages e
       WHERE e.set_aside_at < p_tokens_expired_before ORDER BY e.set_aside_at LIMIT p_limit)
      LIMIT p_limit)
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM keys), (SELECT count(*) FROM tokens),
         (SELECT count(*) FROM throttles), (SELECT count(*) FROM messages)
$$;

DO $$
DECLARE
  f text := 'platform.purge_expired(timestamptz, timestamptz, integer)';
BEGIN
  EXECUTE format('ALTER FUNCTION %s OWNER TO plimsoll_platform', f);
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I WITH GRANT OPTION', f, current_user);
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
