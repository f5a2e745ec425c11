import type { Type } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.ts';
import { ChecksModule } from './checks/checks.module.ts';
import { ComplianceModule } from './compliance/compliance.module.ts';
import { FindingsModule } from './findings/findings.module.ts';
import { HostsModule } from './hosts/hosts.module.ts';
import { IdentityModule } from './identity/identity.module.ts';
import { OverviewModule } from './overview/overview.module.ts';
import { QuestionsModule } from './questions/questions.module.ts';
import { ScansModule } from './scans/scans.module.ts';
import { WebhooksModule } from './webhooks/webhooks.module.ts';

/**
 * The Nest modules of the features, one for each folder beside this file. Each brings its controllers and imports the
 * libraries it needs. Configuration, persistence, logging and what `http/` provides are global: inject, don't import.
 */
export const featureModules: readonly Type[] = [
  IdentityModule,
  AuditModule,
  HostsModule,
  ScansModule,
  FindingsModule,
  QuestionsModule,
  ChecksModule,
  ComplianceModule,
  OverviewModule,
  WebhooksModule,
];
