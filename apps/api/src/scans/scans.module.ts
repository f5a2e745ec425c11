import { Module } from '@nestjs/common';
import { Database } from '@plimsoll/persistence';
import { ScansService } from '@plimsoll/scanning';
import { ScanStreams } from './scan-streams.ts';
import { ScansController } from './scans.controller.ts';

@Module({
  controllers: [ScansController],
  providers: [
    ScanStreams,
    {
      provide: ScansService,
      inject: [Database],
      useFactory: (database: Database) => new ScansService({ database }),
    },
  ],
})
export class ScansModule {}
