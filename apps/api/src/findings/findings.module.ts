import { Module } from '@nestjs/common';
import { Database } from '@plimsoll/persistence';
import { FindingsService } from '@plimsoll/scanning';
import { FindingsController } from './findings.controller.ts';

@Module({
  controllers: [FindingsController],
  providers: [
    {
      provide: FindingsService,
      inject: [Database],
      useFactory: (database: Database) => new FindingsService({ database }),
    },
  ],
})
export class FindingsModule {}
