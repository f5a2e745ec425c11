import { Module } from '@nestjs/common';
import { Database } from '@plimsoll/persistence';
import { CatalogueReader, CheckParametersService } from '@plimsoll/scanning';
import { ChecksController } from './checks.controller.ts';

@Module({
  controllers: [ChecksController],
  providers: [
    {
      provide: CheckParametersService,
      inject: [Database],
      useFactory: (database: Database) => new CheckParametersService({ database }),
    },
    {
      provide: CatalogueReader,
      inject: [CheckParametersService],
      useFactory: (parameters: CheckParametersService) => new CatalogueReader({ parameters }),
    },
  ],
})
export class ChecksModule {}
