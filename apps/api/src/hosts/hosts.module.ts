import { Module } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { Database } from '@plimsoll/persistence';
import { HostConnectionsService, HostFactsService, HostInventoryService, HostsService } from '@plimsoll/scanning';
import { Vault } from '@plimsoll/vault';
import { ConnectionTestsController } from './connection-tests.controller.ts';
import { HostFactsController } from './host-facts.controller.ts';
import { HostsController } from './hosts.controller.ts';

@Module({
  controllers: [HostsController, HostFactsController, ConnectionTestsController],
  providers: [
    {
      provide: HostsService,
      inject: [Database, Vault, Config],
      useFactory: (database: Database, vault: Vault, { hosts: policy }: Config) =>
        new HostsService({ database, vault, policy }),
    },
    {
      provide: HostConnectionsService,
      inject: [Database, Vault, Config],
      useFactory: (database: Database, vault: Vault, { hosts: policy }: Config) =>
        new HostConnectionsService({ database, vault, policy }),
    },
    {
      provide: HostFactsService,
      inject: [Database],
      useFactory: (database: Database) => new HostFactsService({ database }),
    },
    {
      provide: HostInventoryService,
      inject: [Database],
      useFactory: (database: Database) => new HostInventoryService({ database }),
    },
  ],
})
export class HostsModule {}
