-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "audit_outcome" AS ENUM ('success', 'refused', 'failure');

-- CreateEnum
CREATE TYPE "reachability" AS ENUM ('unknown', 'reachable', 'unreachable');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('owner', 'admin', 'operator', 'viewer', 'auditor');

-- CreateEnum
CREATE TYPE "scan_kind" AS ENUM ('full', 'rejudge');

-- CreateTable
CREATE TABLE "audit_chains" (
    "tenant_id" UUID NOT NULL,
    "last_sequence" INTEGER NOT NULL DEFAULT 0,
    "last_hash" BYTEA NOT NULL,

    CONSTRAINT "audit_chains_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject_kind" TEXT,
    "subject_id" TEXT,
    "subject_name" TEXT,
    "outcome" "audit_outcome" NOT NULL,
    "address" TEXT,
    "request_id" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "findings" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "check_id" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "theme" TEXT NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL DEFAULT 'open',
    "subject_kind" TEXT NOT NULL,
    "subject_name" TEXT NOT NULL,
    "subject_lasting_name" TEXT NOT NULL DEFAULT '',
    "title" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "evidence" JSONB NOT NULL DEFAULT '{}',
    "remediation" TEXT NOT NULL DEFAULT '',
    "content_hash" TEXT NOT NULL DEFAULT '',
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "fixed_at" TIMESTAMPTZ(3),
    "reopened_at" TIMESTAMPTZ(3),
    "reopened_count" INTEGER NOT NULL DEFAULT 0,
    "first_scan_id" UUID,
    "last_scan_id" UUID,
    "catalogue_version" TEXT NOT NULL DEFAULT '',
    "triage_state" TEXT NOT NULL DEFAULT 'none',
    "triage_reason" TEXT,
    "triage_author_id" UUID,
    "triage_author_name" TEXT,
    "triaged_at" TIMESTAMPTZ(3),
    "triage_until" TIMESTAMPTZ(3),

    CONSTRAINT "findings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hosts" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "labels" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "simulated" BOOLEAN NOT NULL DEFAULT false,
    "list_processes" BOOLEAN NOT NULL DEFAULT true,
    "reachability" "reachability" NOT NULL DEFAULT 'unknown',
    "reachability_reason" TEXT,
    "reachability_detail" TEXT,
    "reachability_next_step" TEXT,
    "reachability_checked_at" TIMESTAMPTZ(3),
    "engine_name" TEXT,
    "engine_version" TEXT,
    "api_version" TEXT,
    "operating_system" TEXT,
    "architecture" TEXT,
    "score" INTEGER,
    "open_critical_count" INTEGER NOT NULL DEFAULT 0,
    "open_high_count" INTEGER NOT NULL DEFAULT 0,
    "open_medium_count" INTEGER NOT NULL DEFAULT 0,
    "open_low_count" INTEGER NOT NULL DEFAULT 0,
    "open_info_count" INTEGER NOT NULL DEFAULT 0,
    "container_count" INTEGER,
    "image_count" INTEGER,
    "last_scan_id" UUID,
    "last_scan_at" TIMESTAMPTZ(3),
    "last_scan_state" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hosts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "host_credentials" (
    "host_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "ca_pem" TEXT NOT NULL,
    "certificate_pem" TEXT NOT NULL,
    "encrypted_key" BYTEA NOT NULL,
    "data_key_id" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "subject" TEXT NOT NULL DEFAULT '',
    "issuer" TEXT NOT NULL DEFAULT '',
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "authority_not_after" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "host_credentials_pkey" PRIMARY KEY ("host_id")
);

-- CreateTable
CREATE TABLE "host_days" (
    "tenant_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "score" INTEGER NOT NULL,
    "opened" INTEGER NOT NULL DEFAULT 0,
    "fixed" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "host_days_pkey" PRIMARY KEY ("host_id","day")
);

-- CreateTable
CREATE TABLE "tenants" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "password_changed_at" TIMESTAMPTZ(3),
    "locale" TEXT NOT NULL DEFAULT 'en',
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "last_login_at" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "role" NOT NULL,
    "last_login_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("tenant_id","user_id")
);

-- CreateTable
CREATE TABLE "refresh_tokens" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "family_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "user_agent" TEXT,
    "address" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "rotated_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "role" "role" NOT NULL,
    "created_by_id" UUID,
    "created_by_name" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_throttles" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "window_started_at" TIMESTAMPTZ(3) NOT NULL,
    "blocked_until" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_throttles_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "tenant_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "response_status" INTEGER,
    "response_headers" JSONB,
    "response_body" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("tenant_id","actor_id","key")
);

-- CreateTable
CREATE TABLE "installations" (
    "id" UUID NOT NULL,
    "singleton" BOOLEAN NOT NULL DEFAULT true,
    "data_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "installations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scans" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "kind" "scan_kind" NOT NULL DEFAULT 'full',
    "state" TEXT NOT NULL DEFAULT 'queued',
    "progress_percent" INTEGER NOT NULL DEFAULT 0,
    "stage" TEXT NOT NULL DEFAULT 'queued',
    "reason" TEXT,
    "reason_detail" TEXT,
    "next_step" TEXT,
    "missing_parts" JSONB NOT NULL DEFAULT '[]',
    "requested_by_id" UUID,
    "requested_by_name" TEXT NOT NULL DEFAULT '',
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_expires_at" TIMESTAMPTZ(3),
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "catalogue_version" TEXT,
    "score" INTEGER,
    "critical_count" INTEGER NOT NULL DEFAULT 0,
    "high_count" INTEGER NOT NULL DEFAULT 0,
    "medium_count" INTEGER NOT NULL DEFAULT 0,
    "low_count" INTEGER NOT NULL DEFAULT 0,
    "info_count" INTEGER NOT NULL DEFAULT 0,
    "opened_count" INTEGER NOT NULL DEFAULT 0,
    "fixed_count" INTEGER NOT NULL DEFAULT 0,
    "reopened_count" INTEGER NOT NULL DEFAULT 0,
    "snapshot_id" UUID,
    "last_event_sequence" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "scans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scan_events" (
    "scan_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "tenant_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "scan_events_pkey" PRIMARY KEY ("scan_id","sequence")
);

-- CreateTable
CREATE TABLE "check_summaries" (
    "scan_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "catalogue_version" TEXT NOT NULL,
    "outcomes" JSONB NOT NULL,
    "results" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "check_summaries_pkey" PRIMARY KEY ("scan_id")
);

-- CreateTable
CREATE TABLE "snapshots" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "scan_id" UUID,
    "schema_version" INTEGER NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,
    "content" BYTEA NOT NULL,
    "plain_bytes" INTEGER NOT NULL,
    "stored_bytes" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "snapshots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_data_keys" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "wrapping_key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "tenant_data_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "event_types" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "encrypted_secret" BYTEA NOT NULL,
    "data_key_id" UUID NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" TEXT,
    "disabled_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_messages" (
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "tenant_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dispatched_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "set_aside_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "event_type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_attempts" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "status" INTEGER,
    "response_excerpt" TEXT,
    "error" TEXT,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_events_tenant_id_at_sequence_idx" ON "audit_events"("tenant_id", "at", "sequence");

-- CreateIndex
CREATE INDEX "audit_events_tenant_id_actor_id_sequence_idx" ON "audit_events"("tenant_id", "actor_id", "sequence");

-- CreateIndex
CREATE INDEX "audit_events_tenant_id_action_sequence_idx" ON "audit_events"("tenant_id", "action", "sequence");

-- CreateIndex
CREATE INDEX "audit_events_tenant_id_subject_id_sequence_idx" ON "audit_events"("tenant_id", "subject_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "audit_events_tenant_id_sequence_key" ON "audit_events"("tenant_id", "sequence");

-- CreateIndex
CREATE INDEX "findings_tenant_id_status_priority_id_idx" ON "findings"("tenant_id", "status", "priority", "id");

-- CreateIndex
CREATE INDEX "findings_tenant_id_status_severity_priority_id_idx" ON "findings"("tenant_id", "status", "severity", "priority", "id");

-- CreateIndex
CREATE INDEX "findings_tenant_id_status_opened_at_id_idx" ON "findings"("tenant_id", "status", "opened_at", "id");

-- CreateIndex
CREATE INDEX "findings_tenant_id_host_id_status_priority_id_idx" ON "findings"("tenant_id", "host_id", "status", "priority", "id");

-- CreateIndex
CREATE INDEX "findings_tenant_id_check_id_status_priority_id_idx" ON "findings"("tenant_id", "check_id", "status", "priority", "id");

-- CreateIndex
CREATE INDEX "findings_tenant_id_opened_at_id_idx" ON "findings"("tenant_id", "opened_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "findings_tenant_id_host_id_fingerprint_key" ON "findings"("tenant_id", "host_id", "fingerprint");

-- CreateIndex
CREATE INDEX "hosts_tenant_id_created_at_id_idx" ON "hosts"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "hosts_tenant_id_score_id_idx" ON "hosts"("tenant_id", "score", "id");

-- CreateIndex
CREATE INDEX "hosts_tenant_id_last_scan_at_id_idx" ON "hosts"("tenant_id", "last_scan_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "hosts_tenant_id_id_key" ON "hosts"("tenant_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "hosts_tenant_id_name_key" ON "hosts"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "host_credentials_tenant_id_data_key_id_idx" ON "host_credentials"("tenant_id", "data_key_id");

-- CreateIndex
CREATE INDEX "host_credentials_tenant_id_not_after_idx" ON "host_credentials"("tenant_id", "not_after");

-- CreateIndex
CREATE UNIQUE INDEX "host_credentials_tenant_id_host_id_key" ON "host_credentials"("tenant_id", "host_id");

-- CreateIndex
CREATE INDEX "host_days_tenant_id_day_idx" ON "host_days"("tenant_id", "day");

-- CreateIndex
CREATE INDEX "host_days_tenant_id_host_id_day_idx" ON "host_days"("tenant_id", "host_id", "day");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_slug_key" ON "tenants"("slug");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- CreateIndex
CREATE INDEX "memberships_tenant_id_created_at_user_id_idx" ON "memberships"("tenant_id", "created_at", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_token_hash_key" ON "refresh_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "refresh_tokens_tenant_id_user_id_created_at_idx" ON "refresh_tokens"("tenant_id", "user_id", "created_at");

-- CreateIndex
CREATE INDEX "refresh_tokens_family_id_tenant_id_idx" ON "refresh_tokens"("family_id", "tenant_id");

-- CreateIndex
CREATE INDEX "refresh_tokens_user_id_idx" ON "refresh_tokens"("user_id");

-- CreateIndex
CREATE INDEX "refresh_tokens_expires_at_idx" ON "refresh_tokens"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_prefix_key" ON "api_keys"("prefix");

-- CreateIndex
CREATE INDEX "api_keys_tenant_id_created_at_id_idx" ON "api_keys"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "login_throttles_expires_at_idx" ON "login_throttles"("expires_at");

-- CreateIndex
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "installations_singleton_key" ON "installations"("singleton");

-- CreateIndex
CREATE INDEX "scans_tenant_id_queued_at_id_idx" ON "scans"("tenant_id", "queued_at", "id");

-- CreateIndex
CREATE INDEX "scans_tenant_id_state_queued_at_id_idx" ON "scans"("tenant_id", "state", "queued_at", "id");

-- CreateIndex
CREATE INDEX "scans_tenant_id_host_id_queued_at_id_idx" ON "scans"("tenant_id", "host_id", "queued_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "scans_tenant_id_id_key" ON "scans"("tenant_id", "id");

-- CreateIndex
CREATE INDEX "scan_events_tenant_id_scan_id_sequence_idx" ON "scan_events"("tenant_id", "scan_id", "sequence");

-- CreateIndex
CREATE INDEX "check_summaries_tenant_id_host_id_created_at_idx" ON "check_summaries"("tenant_id", "host_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "check_summaries_tenant_id_scan_id_key" ON "check_summaries"("tenant_id", "scan_id");

-- CreateIndex
CREATE INDEX "snapshots_tenant_id_host_id_taken_at_id_idx" ON "snapshots"("tenant_id", "host_id", "taken_at", "id");

-- CreateIndex
CREATE INDEX "snapshots_tenant_id_taken_at_idx" ON "snapshots"("tenant_id", "taken_at");

-- CreateIndex
CREATE INDEX "tenant_data_keys_tenant_id_created_at_idx" ON "tenant_data_keys"("tenant_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_data_keys_tenant_id_id_key" ON "tenant_data_keys"("tenant_id", "id");

-- CreateIndex
CREATE INDEX "webhook_endpoints_tenant_id_created_at_id_idx" ON "webhook_endpoints"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "webhook_endpoints_tenant_id_data_key_id_idx" ON "webhook_endpoints"("tenant_id", "data_key_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_endpoints_tenant_id_id_key" ON "webhook_endpoints"("tenant_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_messages_sequence_key" ON "outbox_messages"("sequence");

-- CreateIndex
CREATE INDEX "outbox_messages_tenant_id_sequence_idx" ON "outbox_messages"("tenant_id", "sequence");

-- CreateIndex
CREATE INDEX "outbox_messages_dispatched_at_idx" ON "outbox_messages"("dispatched_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_tenant_id_created_at_id_idx" ON "webhook_deliveries"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_tenant_id_state_created_at_id_idx" ON "webhook_deliveries"("tenant_id", "state", "created_at", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_tenant_id_endpoint_id_created_at_id_idx" ON "webhook_deliveries"("tenant_id", "endpoint_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_tenant_id_id_key" ON "webhook_deliveries"("tenant_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_endpoint_id_event_id_key" ON "webhook_deliveries"("endpoint_id", "event_id");

-- CreateIndex
CREATE INDEX "webhook_attempts_tenant_id_delivery_id_started_at_id_idx" ON "webhook_attempts"("tenant_id", "delivery_id", "started_at", "id");

-- AddForeignKey
ALTER TABLE "audit_chains" ADD CONSTRAINT "audit_chains_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "findings" ADD CONSTRAINT "findings_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "hosts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hosts" ADD CONSTRAINT "hosts_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "host_credentials" ADD CONSTRAINT "host_credentials_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "hosts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "host_credentials" ADD CONSTRAINT "host_credentials_tenant_id_data_key_id_fkey" FOREIGN KEY ("tenant_id", "data_key_id") REFERENCES "tenant_data_keys"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "host_days" ADD CONSTRAINT "host_days_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "hosts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scans" ADD CONSTRAINT "scans_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "hosts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scan_events" ADD CONSTRAINT "scan_events_tenant_id_scan_id_fkey" FOREIGN KEY ("tenant_id", "scan_id") REFERENCES "scans"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "check_summaries" ADD CONSTRAINT "check_summaries_tenant_id_scan_id_fkey" FOREIGN KEY ("tenant_id", "scan_id") REFERENCES "scans"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "check_summaries" ADD CONSTRAINT "check_summaries_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "hosts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "hosts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant_data_keys" ADD CONSTRAINT "tenant_data_keys_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_tenant_id_data_key_id_fkey" FOREIGN KEY ("tenant_id", "data_key_id") REFERENCES "tenant_data_keys"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox_messages" ADD CONSTRAINT "outbox_messages_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_tenant_id_endpoint_id_fkey" FOREIGN KEY ("tenant_id", "endpoint_id") REFERENCES "webhook_endpoints"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_tenant_id_delivery_id_fkey" FOREIGN KEY ("tenant_id", "delivery_id") REFERENCES "webhook_deliveries"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema files can not express.

-- An address is the same in capitals or not; the e-mail is kept as it was typed.
CREATE UNIQUE INDEX "users_email_lower_key" ON "users" (lower("email"));

-- One scan per host at a time.
CREATE UNIQUE INDEX "scans_active_host_key" ON "scans" ("host_id") WHERE "state" IN ('queued', 'running');

-- What the sweepers and the dispatcher look for, across tenants; small, for they hold only what is unfinished.
CREATE INDEX "scans_unfinished_idx" ON "scans" ("state", "lease_expires_at") WHERE "state" IN ('queued', 'running');
CREATE INDEX "outbox_messages_pending_idx" ON "outbox_messages" ("sequence") WHERE "dispatched_at" IS NULL;
CREATE INDEX "webhook_deliveries_due_idx" ON "webhook_deliveries" ("next_attempt_at") WHERE "state" = 'pending';

ALTER TABLE "installations" ADD CONSTRAINT "installations_singleton_check" CHECK ("singleton");
ALTER TABLE "hosts" ADD CONSTRAINT "hosts_score_check" CHECK ("score" BETWEEN 0 AND 100);
ALTER TABLE "scans" ADD CONSTRAINT "scans_progress_percent_check" CHECK ("progress_percent" BETWEEN 0 AND 100);

ALTER TABLE "scans" ADD CONSTRAINT "scans_state_check"
  CHECK ("state" IN ('queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled'));
ALTER TABLE "findings" ADD CONSTRAINT "findings_status_check" CHECK ("status" IN ('open', 'fixed'));
ALTER TABLE "findings" ADD CONSTRAINT "findings_severity_check"
  CHECK ("severity" IN ('critical', 'high', 'medium', 'low', 'info'));
ALTER TABLE "findings" ADD CONSTRAINT "findings_triage_state_check"
  CHECK ("triage_state" IN ('none', 'acknowledged', 'risk_accepted', 'false_positive'));
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_state_check"
  CHECK ("state" IN ('pending', 'delivered', 'failed'));

-- Wakes the dispatcher and the event streams when the transaction commits, instead of letting them ask all the time.
CREATE FUNCTION "announce_outbox"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('plimsoll_outbox', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER "announce_outbox" AFTER INSERT ON "outbox_messages"
  FOR EACH STATEMENT EXECUTE FUNCTION "announce_outbox"();

CREATE FUNCTION "announce_scan_event"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('plimsoll_scan_events', NEW.scan_id::text);
  RETURN NULL;
END
$$;
CREATE TRIGGER "announce_scan_event" AFTER INSERT ON "scan_events"
  FOR EACH ROW EXECUTE FUNCTION "announce_scan_event"();
