import { Module } from '@nestjs/common';
import { Database } from '@plimsoll/persistence';
import { OverviewService } from '@plimsoll/scanning';
import { OverviewController } from './overview.controller.ts';

@Module({
  controllers: [OverviewController],
  providers: [
    {
      provide: OverviewService,
      inject: [Database],
      useFactory: (database: Database) => new OverviewService({ database }),
    },
  ],
})
export class OverviewModule {}
