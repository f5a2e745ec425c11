-- Whose turn it is: what waits is taken from the tenants in turn, so that one with much of it does not hold up the others.

DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT plimsoll_platform TO %I', current_user);
  END IF;
END
$$;
GRANT CREATE ON SCHEMA platform TO plimsoll_platform;
GRANT SELECT ("lease_owner", "started_at") ON "scans" TO plimsoll_platform;

-- The oldest that waits, and the newest that was begun, of each tenant.
CREATE INDEX "scans_waiting_idx" ON "scans" ("tenant_id", "queued_at", "id") WHERE "state" = 'queued';
CREATE INDEX "scans_begun_idx" ON "scans" ("tenant_id", "started_at") WHERE "started_at" IS NOT NULL;
CREATE INDEX "webhook_deliveries_tenant_due_idx" ON "webhook_deliveries" ("tenant_id", "next_attempt_at")
  WHERE "state" = 'pending';

-- The scan to begin next: the oldest of the tenant that occupies the fewest workers, and among such tenants of the one whose
-- last turn is the longest ago. A scan that was begun and waits for another attempt occupies none.
CREATE FUNCTION platform.find_scan_in_turn()
  RETURNS TABLE (tenant_id uuid, scan_id uuid, attempt integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  -- From tenant to tenant through the index: a thousand scans of one are one step.
  WITH RECURSIVE waiting AS (
    (SELECT s.tenant_id FROM public.scans s WHERE s.state = 'queued' ORDER BY s.tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT s.tenant_id FROM public.scans s WHERE s.state = 'queued' AND s.tenant_id > w.tenant_id
            ORDER BY s.tenant_id LIMIT 1)
    FROM waiting w WHERE w.tenant_id IS NOT NULL
  )
  SELECT w.tenant_id, oldest.id, oldest.attempt
  FROM waiting w
  CROSS JOIN LATERAL (
    SELECT s.id, s.attempt, s.queued_at FROM public.scans s
    WHERE s.tenant_id = w.tenant_id AND s.state = 'queued' ORDER BY s.queued_at, s.id LIMIT 1
  ) AS oldest
  CROSS JOIN LATERAL (
    SELECT count(*) AS scans FROM public.scans s
    WHERE s.tenant_id = w.tenant_id AND s.state = 'running' AND s.lease_owner IS NOT NULL AND s.lease_expires_at > now()
  ) AS occupied
  LEFT JOIN LATERAL (
    SELECT s.started_at FROM public.scans s
    WHERE s.tenant_id = w.tenant_id AND s.started_at IS NOT NULL ORDER BY s.started_at DESC LIMIT 1
  ) AS last_turn ON true
  WHERE w.tenant_id IS NOT NULL
  ORDER BY occupied.scans, last_turn.started_at NULLS FIRST, oldest.queued_at, oldest.id
  LIMIT 1
$$;

-- Deliveries whose time has come, the tenants in turn; of each no more than a tenth of the whole.
CREATE OR REPLACE FUNCTION platform.find_due_deliveries(p_due_before timestamptz, p_limit integer)
  RETURNS TABLE (tenant_id uuid, delivery_id uuid, endpoint_id uuid, next_attempt_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE pending AS (
    (SELECT d.tenant_id FROM public.webhook_deliveries d WHERE d.state = 'pending' ORDER BY d.tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.tenant_id FROM public.webhook_deliveries d WHERE d.state = 'pending' AND d.tenant_id > p.tenant_id
            ORDER BY d.tenant_id LIMIT 1)
    FROM pending p WHERE p.tenant_id IS NOT NULL
  )
  SELECT p.tenant_id, due.id, due.endpoint_id, due.next_attempt_at
  FROM pending p
  CROSS JOIN LATERAL (
    SELECT d.id, d.endpoint_id, d.next_attempt_at, row_number() OVER (ORDER BY d.next_attempt_at) AS turn
    FROM public.webhook_deliveries d
    WHERE d.tenant_id = p.tenant_id AND d.state = 'pending' AND d.next_attempt_at <= p_due_before
    ORDER BY d.next_attempt_at LIMIT greatest(1, p_limit / 10)
  ) AS due
  ORDER BY due.turn, due.next_attempt_at LIMIT p_limit
$$;

DO $$
BEGIN
  ALTER FUNCTION platform.find_scan_in_turn() OWNER TO plimsoll_platform;
  REVOKE ALL ON FUNCTION platform.find_scan_in_turn() FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION platform.find_scan_in_turn() TO %I WITH GRANT OPTION', current_user);
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
