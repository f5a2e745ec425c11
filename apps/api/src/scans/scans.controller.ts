import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  CursorInvalid,
  HostScanQuery,
  JudgeAgain,
  NotFound,
  Scan,
  ScanPage,
  ScanProgressEvent,
  ScanQuery,
  ScanResultPage,
  ScanResultsQuery,
  StartScan,
  StateConflict,
  Uuid,
} from '@plimsoll/contracts';
import type { Actor, CheckResultDocument, Page } from '@plimsoll/contracts';
import { ScansService } from '@plimsoll/scanning';
import type { z } from 'zod';
import type { ApiReply, ApiRequest } from '../http/api-request.ts';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { ScanStreams } from './scan-streams.ts';

@Controller('v1')
export class ScansController {
  constructor(
    private readonly scans: ScansService,
    private readonly streams: ScanStreams,
  ) {}

  @Post('hosts/:hostId/scans')
  @Endpoint({
    operationId: 'startScan',
    summary: 'Scan a host',
    description:
      'Answers at once; the scan runs in a worker. One that is queued or running already is given back instead of a second one.',
    permission: 'scans:start',
    status: 202,
    response: Scan,
    idempotent: true,
    location: ({ id }) => `/v1/scans/${id}`,
    problems: [NotFound],
  })
  start(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Body({ schema: StartScan }) _body: z.output<typeof StartScan>,
  ): Promise<Scan> {
    return this.scans.start(actor, hostId);
  }

  @Post('hosts/:hostId/judgements')
  @Endpoint({
    operationId: 'judgeHostAgain',
    summary: 'Judge the stored snapshot of a host again',
    description:
      'By the catalogue, parameters and answers of now, with no contact to the host. Answers at once; a worker does it. A scan or judgement that is queued or running already is given back instead. Happens by itself when any of them changes.',
    permission: 'scans:start',
    status: 202,
    response: Scan,
    idempotent: true,
    location: ({ id }) => `/v1/scans/${id}`,
    problems: [NotFound, StateConflict],
  })
  judgeAgain(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Body({ schema: JudgeAgain }) _body: z.output<typeof JudgeAgain>,
  ): Promise<Scan> {
    return this.scans.judgeAgain(actor, hostId);
  }

  @Get('hosts/:hostId/scans')
  @Endpoint({
    operationId: 'listHostScans',
    summary: 'List the scans of a host',
    description: 'The newest first.',
    permission: 'scans:read',
    response: ScanPage,
    problems: [CursorInvalid, NotFound],
  })
  listOfHost(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Query({ schema: HostScanQuery }) query: z.output<typeof HostScanQuery>,
  ): Promise<Page<Scan>> {
    return this.scans.list(actor, { ...query, hostId });
  }

  @Get('scans')
  @Endpoint({
    operationId: 'listScans',
    summary: 'List scans',
    description: 'The newest first.',
    permission: 'scans:read',
    response: ScanPage,
    problems: [CursorInvalid, NotFound],
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: ScanQuery }) query: z.output<typeof ScanQuery>,
  ): Promise<Page<Scan>> {
    return this.scans.list(actor, query);
  }

  @Get('scans/:scanId')
  @Endpoint({
    operationId: 'getScan',
    summary: 'Read a scan',
    permission: 'scans:read',
    response: Scan,
    problems: [NotFound],
  })
  get(@CurrentActor() actor: Actor, @Param('scanId', { schema: Uuid }) scanId: string): Promise<Scan> {
    return this.scans.get(actor, scanId);
  }

  @Post('scans/:scanId/cancellation')
  @Endpoint({
    operationId: 'cancelScan',
    summary: 'Cancel a scan',
    description: 'A scan that runs stops soon after; what it had learnt is dropped, and no finding changes.',
    permission: 'scans:start',
    status: 202,
    response: Scan,
    problems: [NotFound, StateConflict],
  })
  cancel(@CurrentActor() actor: Actor, @Param('scanId', { schema: Uuid }) scanId: string): Promise<Scan> {
    return this.scans.cancel(actor, scanId);
  }

  @Get('scans/:scanId/results')
  @Endpoint({
    operationId: 'listScanResults',
    summary: 'List what every check said in a scan',
    description: 'The worst first; passes and what could not be told included. Kept as long as snapshots are.',
    permission: 'scans:read',
    response: ScanResultPage,
    problems: [CursorInvalid, NotFound],
  })
  results(
    @CurrentActor() actor: Actor,
    @Param('scanId', { schema: Uuid }) scanId: string,
    @Query({ schema: ScanResultsQuery }) query: z.output<typeof ScanResultsQuery>,
  ): Promise<Page<CheckResultDocument>> {
    return this.scans.results(actor, scanId, query);
  }

  @Get('scans/:scanId/events')
  @Endpoint({
    operationId: 'streamScanEvents',
    summary: 'Follow a scan',
    description:
      'Server-sent events, from the first on or after `Last-Event-ID`; the stream ends after the event that ends the scan.',
    permission: 'scans:read',
    events: ScanProgressEvent,
    problems: [NotFound],
  })
  events(
    @CurrentActor() actor: Actor,
    @Param('scanId', { schema: Uuid }) scanId: string,
    @Req() request: ApiRequest,
    @Res() reply: ApiReply,
  ): Promise<void> {
    return this.streams.follow(actor, scanId, request, reply);
  }
}
