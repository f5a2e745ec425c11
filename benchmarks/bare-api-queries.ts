/** The queries of the bare handlers: what the API shows of hosts and findings, by the names that it shows them by. */

const hostColumns = `
  h.id, h.name, h.address, h.labels, h.simulated, h.list_processes AS "processLists",
  h.inspect_host_files AS "inspectHostFiles",
  c.subject, c.issuer, c.not_after AS "notAfter", c.fingerprint AS "fingerprint256",
  c.authority_not_after AS "authorityNotAfter",
  h.reachability AS state, h.reachability_reason AS reason, h.reachability_detail AS detail,
  h.reachability_next_step AS "nextStep", h.reachability_checked_at AS "checkedAt", h.score,
  h.open_critical_count AS critical, h.open_high_count AS high, h.open_medium_count AS medium, h.open_low_count AS low,
  h.open_info_count AS info, h.engine_version AS "engineVersion", h.last_scan_id AS "lastScanId",
  h.last_scan_at AS "lastScanAt", h.last_scan_state AS "lastScanState", h.created_at AS "createdAt",
  h.updated_at AS "updatedAt", h.version
  FROM hosts h LEFT JOIN host_credentials c ON c.host_id = h.id`;

/** Parameters: tenant, rows. */
export const listHosts = `SELECT ${hostColumns} WHERE h.tenant_id = $1 ORDER BY h.name, h.id LIMIT $2`;

/** Parameters: tenant, id. */
export const readHost = `SELECT ${hostColumns} WHERE h.tenant_id = $1 AND h.id = $2`;

const pageOf = (status: string): string => `
  (SELECT id, priority FROM findings WHERE tenant_id = $1 AND status = '${status}'
   ORDER BY priority DESC, id DESC LIMIT $2)`;

/** Parameters: tenant, rows. The indexes begin with the status, so the page is the best of one page of each. */
export const listFindings = `
  SELECT f.id, f.host_id AS "hostId", h.name AS "hostName", f.check_id AS "check", f.title, f.theme, f.severity,
         f.priority, f.status, f.subject_kind AS "kind", f.subject_name AS "subjectName", f.reason, f.evidence,
         f.remediation, f.opened_at AS "openedAt", f.last_seen_at AS "lastSeenAt", f.fixed_at AS "fixedAt",
         f.reopened_at AS "reopenedAt", f.reopened_count AS "reopenedCount", f.first_scan_id AS "firstScanId",
         f.last_scan_id AS "lastScanId", f.found_by_catalogue_version AS "foundByCatalogueVersion",
         f.catalogue_version AS "catalogueVersion"
  FROM (SELECT id FROM (${pageOf('open')} UNION ALL ${pageOf('fixed')}) AS best ORDER BY priority DESC, id DESC LIMIT $2) AS page
  JOIN findings f ON f.id = page.id JOIN hosts h ON h.id = f.host_id
  ORDER BY f.priority DESC, f.id DESC`;
