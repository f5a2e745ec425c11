import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import {
  AddressRefused,
  AlreadyExists,
  CreateHost,
  CredentialRejected,
  CursorInvalid,
  Host,
  HostContainerPage,
  HostImagePage,
  HostPage,
  HostQuery,
  HostThingQuery,
  NotFound,
  UpdateHost,
  Uuid,
} from '@plimsoll/contracts';
import type { Actor, Page } from '@plimsoll/contracts';
import { HostInventoryService, HostsService } from '@plimsoll/scanning';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { IfMatch } from '../http/if-match.decorator.ts';

@Controller('v1/hosts')
export class HostsController {
  constructor(
    private readonly hosts: HostsService,
    private readonly inventories: HostInventoryService,
  ) {}

  @Get()
  @Endpoint({
    operationId: 'listHosts',
    summary: 'List hosts',
    description: 'Hosts without the value that the list is sorted by come last.',
    permission: 'hosts:read',
    response: HostPage,
    problems: [CursorInvalid],
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: HostQuery }) query: z.output<typeof HostQuery>,
  ): Promise<Page<Host>> {
    return this.hosts.list(actor, query);
  }

  @Post()
  @Endpoint({
    operationId: 'createHost',
    summary: 'Register a host',
    description:
      'The key is stored encrypted and never returned. Nothing is contacted yet: test the connection, or start a scan. `inspectHostFiles` needs the permission `hosts:inspect-files` too.',
    permission: 'hosts:manage',
    response: Host,
    idempotent: true,
    etag: true,
    location: ({ id }) => `/v1/hosts/${id}`,
    problems: [CredentialRejected, AddressRefused, AlreadyExists],
  })
  create(@CurrentActor() actor: Actor, @Body({ schema: CreateHost }) body: z.output<typeof CreateHost>): Promise<Host> {
    return this.hosts.create(actor, body);
  }

  @Get(':hostId')
  @Endpoint({
    operationId: 'getHost',
    summary: 'Read a host',
    permission: 'hosts:read',
    response: Host,
    etag: true,
    problems: [NotFound],
  })
  get(@CurrentActor() actor: Actor, @Param('hostId', { schema: Uuid }) hostId: string): Promise<Host> {
    return this.hosts.get(actor, hostId);
  }

  @Patch(':hostId')
  @Endpoint({
    operationId: 'updateHost',
    summary: 'Change a host',
    description:
      'What is left out stays. `labels` replaces all labels, `credential` the whole credential. Another `inspectHostFiles` needs the permission `hosts:inspect-files` too.',
    permission: 'hosts:manage',
    response: Host,
    etag: true,
    problems: [NotFound, CredentialRejected, AddressRefused, AlreadyExists],
  })
  update(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @IfMatch() version: number | null,
    @Body({ schema: UpdateHost }) body: z.output<typeof UpdateHost>,
  ): Promise<Host> {
    return this.hosts.update(actor, hostId, version, body);
  }

  @Delete(':hostId')
  @Endpoint({
    operationId: 'deleteHost',
    summary: 'Delete a host with everything that was learnt of it',
    description: 'Its scans, findings, snapshots and credential go with it; a scan under way is given up.',
    permission: 'hosts:manage',
    problems: [NotFound],
  })
  delete(@CurrentActor() actor: Actor, @Param('hostId', { schema: Uuid }) hostId: string): Promise<void> {
    return this.hosts.delete(actor, hostId);
  }

  @Get(':hostId/containers')
  @Endpoint({
    operationId: 'listHostContainers',
    summary: 'List the containers of a host',
    description: 'By name, as the last scan with a result saw them.',
    permission: 'hosts:read',
    response: HostContainerPage,
    problems: [CursorInvalid, NotFound],
  })
  containers(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Query({ schema: HostThingQuery }) query: z.output<typeof HostThingQuery>,
  ): Promise<z.infer<typeof HostContainerPage>> {
    return this.inventories.containers(actor, hostId, query);
  }

  @Get(':hostId/images')
  @Endpoint({
    operationId: 'listHostImages',
    summary: 'List the images of a host',
    description: 'By reference, as the last scan with a result saw them.',
    permission: 'hosts:read',
    response: HostImagePage,
    problems: [CursorInvalid, NotFound],
  })
  images(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Query({ schema: HostThingQuery }) query: z.output<typeof HostThingQuery>,
  ): Promise<z.infer<typeof HostImagePage>> {
    return this.inventories.images(actor, hostId, query);
  }
}
