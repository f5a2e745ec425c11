-- CreateTable
CREATE TABLE "host_answers" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "check_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "author_id" UUID,
    "author_name" TEXT NOT NULL,
    "answered_at" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "ended_by_id" UUID,
    "ended_by_name" TEXT,
    "expiry_noticed_at" TIMESTAMPTZ(3),

    CONSTRAINT "host_answers_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "host_answers_tenant_id_host_id_check_id_answered_at_id_idx" ON "host_answers"("tenant_id", "host_id", "check_id", "answered_at", "id");

-- CreateIndex
CREATE INDEX "host_answers_tenant_id_valid_until_idx" ON "host_answers"("tenant_id", "valid_until");

-- AddForeignKey
ALTER TABLE "host_answers" ADD CONSTRAINT "host_answers_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "hosts"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One answer at most counts for a question about a host, however many people answer at once.
CREATE UNIQUE INDEX "host_answers_current_key" ON "host_answers"("tenant_id", "host_id", "check_id") WHERE "ended_at" IS NULL;

ALTER TABLE "host_answers" ADD CONSTRAINT "host_answers_outcome_check"
  CHECK ("outcome" IN ('pass', 'fail', 'not-applicable'));
ALTER TABLE "host_answers" ADD CONSTRAINT "host_answers_end_check"
  CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL) AND "end_reason" IN ('replaced', 'withdrawn'));

ALTER TABLE "host_answers" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "host_answers"
  USING ("tenant_id" = current_tenant_id()) WITH CHECK ("tenant_id" = current_tenant_id());
