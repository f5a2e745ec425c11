import { Module } from '@nestjs/common';
import { Database } from '@plimsoll/persistence';
import { ComplianceService } from '@plimsoll/scanning';
import { ComplianceController } from './compliance.controller.ts';

@Module({
  controllers: [ComplianceController],
  providers: [
    {
      provide: ComplianceService,
      inject: [Database],
      useFactory: (database: Database) => new ComplianceService({ database }),
    },
  ],
})
export class ComplianceModule {}
