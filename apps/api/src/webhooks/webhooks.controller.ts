import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import {
  type Actor,
  AddressRefused,
  CreateWebhookEndpoint,
  CreatedWebhookEndpoint,
  NotFound,
  type Page,
  QuotaExceeded,
  RotatedWebhookSecret,
  StateConflict,
  UpdateWebhookEndpoint,
  Uuid,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookDeliveryQuery,
  WebhookEndpoint,
  WebhookEndpointPage,
  WebhookEndpointQuery,
} from '@plimsoll/contracts';
import { WebhookDeliveriesService, WebhookEndpointsService } from '@plimsoll/webhooks';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { IfMatch } from '../http/if-match.decorator.ts';

@Controller('v1/webhook-endpoints')
export class WebhooksController {
  constructor(
    private readonly endpoints: WebhookEndpointsService,
    private readonly deliveries: WebhookDeliveriesService,
  ) {}

  @Get()
  @Endpoint({
    operationId: 'listWebhookEndpoints',
    summary: 'List webhook endpoints',
    permission: 'webhooks:read',
    response: WebhookEndpointPage,
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: WebhookEndpointQuery }) query: z.output<typeof WebhookEndpointQuery>,
  ): Promise<Page<WebhookEndpoint>> {
    return this.endpoints.list(actor, query);
  }

  @Post()
  @Endpoint({
    operationId: 'createWebhookEndpoint',
    summary: 'Create a webhook endpoint',
    description:
      'The answer holds the signing secret, which is shown this once. Messages are signed as Standard Webhooks lays down.',
    permission: 'webhooks:manage',
    response: CreatedWebhookEndpoint,
    idempotent: true,
    secretResponse: true,
    etag: true,
    problems: [AddressRefused, QuotaExceeded],
    location: ({ id }) => `/v1/webhook-endpoints/${id}`,
  })
  create(
    @CurrentActor() actor: Actor,
    @Body({ schema: CreateWebhookEndpoint }) body: z.output<typeof CreateWebhookEndpoint>,
  ): Promise<z.input<typeof CreatedWebhookEndpoint>> {
    return this.endpoints.create(actor, body);
  }

  @Get(':endpointId')
  @Endpoint({
    operationId: 'getWebhookEndpoint',
    summary: 'Read a webhook endpoint',
    permission: 'webhooks:read',
    response: WebhookEndpoint,
    etag: true,
    problems: [NotFound],
  })
  get(
    @CurrentActor() actor: Actor,
    @Param('endpointId', { schema: Uuid }) endpointId: string,
  ): Promise<WebhookEndpoint> {
    return this.endpoints.get(actor, endpointId);
  }

  @Patch(':endpointId')
  @Endpoint({
    operationId: 'updateWebhookEndpoint',
    summary: 'Change a webhook endpoint',
    permission: 'webhooks:manage',
    response: WebhookEndpoint,
    etag: true,
    problems: [NotFound, AddressRefused],
  })
  update(
    @CurrentActor() actor: Actor,
    @Param('endpointId', { schema: Uuid }) endpointId: string,
    @IfMatch() version: number | null,
    @Body({ schema: UpdateWebhookEndpoint }) body: z.output<typeof UpdateWebhookEndpoint>,
  ): Promise<WebhookEndpoint> {
    return this.endpoints.update(actor, endpointId, version, body);
  }

  @Delete(':endpointId')
  @Endpoint({
    operationId: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint with its deliveries',
    permission: 'webhooks:manage',
    problems: [NotFound],
  })
  delete(@CurrentActor() actor: Actor, @Param('endpointId', { schema: Uuid }) endpointId: string): Promise<void> {
    return this.endpoints.delete(actor, endpointId);
  }

  @Post(':endpointId/secret-rotations')
  @Endpoint({
    operationId: 'rotateWebhookSecret',
    summary: 'Make a new signing secret',
    description: 'The old one signs nothing from now on.',
    permission: 'webhooks:manage',
    response: RotatedWebhookSecret,
    idempotent: true,
    secretResponse: true,
    problems: [NotFound],
  })
  rotateSecret(
    @CurrentActor() actor: Actor,
    @Param('endpointId', { schema: Uuid }) endpointId: string,
  ): Promise<z.input<typeof RotatedWebhookSecret>> {
    return this.endpoints.rotateSecret(actor, endpointId);
  }

  @Post(':endpointId/pings')
  @Endpoint({
    operationId: 'pingWebhookEndpoint',
    summary: 'Send a test event',
    permission: 'webhooks:manage',
    response: WebhookDelivery,
    idempotent: true,
    status: 202,
    problems: [NotFound, StateConflict],
    location: ({ endpointId, id }) => `/v1/webhook-endpoints/${endpointId}/deliveries/${id}`,
  })
  ping(
    @CurrentActor() actor: Actor,
    @Param('endpointId', { schema: Uuid }) endpointId: string,
  ): Promise<WebhookDelivery> {
    return this.deliveries.ping(actor, endpointId);
  }

  @Get(':endpointId/deliveries')
  @Endpoint({
    operationId: 'listWebhookDeliveries',
    summary: 'List deliveries with their attempts',
    permission: 'webhooks:read',
    response: WebhookDeliveryPage,
    problems: [NotFound],
  })
  listDeliveries(
    @CurrentActor() actor: Actor,
    @Param('endpointId', { schema: Uuid }) endpointId: string,
    @Query({ schema: WebhookDeliveryQuery }) query: z.output<typeof WebhookDeliveryQuery>,
  ): Promise<Page<WebhookDelivery>> {
    return this.deliveries.list(actor, endpointId, query);
  }

  @Get(':endpointId/deliveries/:deliveryId')
  @Endpoint({
    operationId: 'getWebhookDelivery',
    summary: 'Read a delivery with its attempts',
    permission: 'webhooks:read',
    response: WebhookDelivery,
    problems: [NotFound],
  })
  getDelivery(
    @CurrentActor() actor: Actor,
    @Param('endpointId', { schema: Uuid }) endpointId: string,
    @Param('deliveryId', { schema: Uuid }) deliveryId: string,
  ): Promise<WebhookDelivery> {
    return this.deliveries.get(actor, endpointId, deliveryId);
  }

  @Post(':endpointId/deliveries/:deliveryId/redeliveries')
  @Endpoint({
    operationId: 'redeliverWebhook',
    summary: 'Send a delivery again',
    description: 'With the same `webhook-id`, so that a receiver can tell a repeat.',
    permission: 'webhooks:manage',
    response: WebhookDelivery,
    idempotent: true,
    status: 202,
    problems: [NotFound, StateConflict],
  })
  redeliver(
    @CurrentActor() actor: Actor,
    @Param('endpointId', { schema: Uuid }) endpointId: string,
    @Param('deliveryId', { schema: Uuid }) deliveryId: string,
  ): Promise<WebhookDelivery> {
    return this.deliveries.redeliver(actor, endpointId, deliveryId);
  }
}
