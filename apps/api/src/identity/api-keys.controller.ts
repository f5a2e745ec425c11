import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import {
  ApiKeyPage,
  ApiKeyQuery,
  CreateApiKey,
  CreatedApiKey,
  CursorInvalid,
  NotFound,
  Uuid,
} from '@plimsoll/contracts';
import type { Actor, ApiKey, Page } from '@plimsoll/contracts';
import { ApiKeyService } from '@plimsoll/identity';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeyService) {}

  @Get()
  @Endpoint({
    operationId: 'listApiKeys',
    summary: 'List API keys',
    description: 'The newest first, revoked ones included. Secrets are never shown again.',
    permission: 'api-keys:read',
    response: ApiKeyPage,
    problems: [CursorInvalid],
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: ApiKeyQuery }) query: z.output<typeof ApiKeyQuery>,
  ): Promise<Page<ApiKey>> {
    return this.apiKeys.list(actor, query);
  }

  @Post()
  @Endpoint({
    operationId: 'createApiKey',
    summary: 'Create an API key',
    description: 'The answer holds the key, which is shown this once. It can not do more than whoever makes it.',
    permission: 'api-keys:manage',
    response: CreatedApiKey,
    idempotent: true,
    secretResponse: true,
  })
  create(
    @CurrentActor() actor: Actor,
    @Body({ schema: CreateApiKey }) body: z.output<typeof CreateApiKey>,
  ): Promise<CreatedApiKey> {
    return this.apiKeys.create(actor, body);
  }

  @Delete(':apiKeyId')
  @Endpoint({
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    permission: 'api-keys:manage',
    problems: [NotFound],
  })
  revoke(@CurrentActor() actor: Actor, @Param('apiKeyId', { schema: Uuid }) apiKeyId: string): Promise<void> {
    return this.apiKeys.revoke(actor, apiKeyId);
  }
}
