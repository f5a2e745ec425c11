import { Module } from '@nestjs/common';
import { AuditReader, AuditWriter } from '@plimsoll/audit';
import { Database } from '@plimsoll/persistence';
import { RefusalRecorder } from '../http/ports.ts';
import { AuditRefusalRecorder } from './audit-refusal.recorder.ts';
import { AuditController } from './audit.controller.ts';

@Module({
  controllers: [AuditController],
  providers: [
    { provide: AuditWriter, useFactory: () => new AuditWriter() },
    { provide: AuditReader, inject: [Database], useFactory: (database: Database) => new AuditReader(database) },
    { provide: RefusalRecorder, useClass: AuditRefusalRecorder },
  ],
  exports: [RefusalRecorder],
})
export class AuditModule {}
