-- Messages that no version could read wait for an operator: which they are, and how to let them leave once more. What
-- they say is their tenant's and is not in here.

DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT plimsoll_platform TO %I', current_user);
  END IF;
END
$$;
GRANT CREATE ON SCHEMA platform TO plimsoll_platform;

CREATE INDEX "outbox_messages_set_aside_idx" ON "outbox_messages" ("sequence") WHERE "set_aside_at" IS NOT NULL;

CREATE FUNCTION platform.list_set_aside_messages(p_after bigint, p_limit integer)
  RETURNS TABLE (id uuid, sequence bigint, tenant_id uuid, type text, attempts integer,
                 created_at timestamptz, set_aside_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT o.id, o.sequence, o.tenant_id, o.type, o.attempts, o.created_at, o.set_aside_at
  FROM public.outbox_messages o
  WHERE o.set_aside_at IS NOT NULL AND o.sequence > p_after
  ORDER BY o.sequence LIMIT p_limit
$$;

-- Puts a message back in its place in the order; false where it was not set aside.
CREATE FUNCTION platform.retry_set_aside_message(p_id uuid)
  RETURNS boolean
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH retried AS (
    UPDATE public.outbox_messages o SET attempts = 0, set_aside_at = NULL
    WHERE o.id = p_id AND o.set_aside_at IS NOT NULL
    RETURNING 1
  )
  SELECT EXISTS (SELECT 1 FROM retried)
$$;

CREATE FUNCTION platform.count_set_aside_messages()
  RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT count(*) FROM public.outbox_messages o WHERE o.set_aside_at IS NOT NULL
$$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOREACH f IN ARRAY ARRAY[
    'platform.list_set_aside_messages(bigint, integer)'::regprocedure,
    'platform.retry_set_aside_message(uuid)'::regprocedure,
    'platform.count_set_aside_messages()'::regprocedure
  ] LOOP
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
