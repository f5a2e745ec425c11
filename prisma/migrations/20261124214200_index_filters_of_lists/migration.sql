-- Filters for which a page was found by reading all of the tenant's or the endpoint's rows.
CREATE INDEX "audit_events_tenant_id_subject_kind_sequence_idx" ON "audit_events"("tenant_id", "subject_kind", "sequence");
CREATE INDEX "webhook_deliveries_endpoint_event_type_idx"
  ON "webhook_deliveries"("tenant_id", "endpoint_id", "event_type", "created_at", "id");
CREATE INDEX "webhook_deliveries_endpoint_state_idx"
  ON "webhook_deliveries"("tenant_id", "endpoint_id", "state", "created_at", "id");
