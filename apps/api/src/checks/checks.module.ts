import { Module } from '@nestjs/common';
import { CatalogueReader } from '@plimsoll/scanning';
import { ChecksController } from './checks.controller.ts';

@Module({ controllers: [ChecksController], providers: [CatalogueReader] })
export class ChecksModule {}
