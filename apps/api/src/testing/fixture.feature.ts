import { Body, Controller, Delete, Get, Injectable, Module, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import {
  Labels,
  NotFound,
  Timestamp,
  Unauthenticated,
  Uuid,
  VersionConflict,
  line,
  pageOf,
  pageQuery,
  permissionsOf,
  versionETag,
} from '@plimsoll/contracts';
import type { Actor, Role } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { z } from 'zod';
import type { ApiReply, ApiRequest } from '../http/api-request.ts';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { EventStreams } from '../http/event-streams.ts';
import { IfMatch } from '../http/if-match.decorator.ts';
import { Authentication, RefusalRecorder } from '../http/ports.ts';
import type { Refusal } from '../http/ports.ts';

const Boat = z
  .strictObject({ id: Uuid, name: z.string(), labels: Labels, launchedAt: Timestamp, version: z.int() })
  .meta({ id: 'Boat' });
type Boat = z.infer<typeof Boat>;
const CreateBoat = z
  .strictObject({
    name: line(40),
    labels: Labels.default({}),
    crew: z
      .array(z.strictObject({ age: z.int() }))
      .max(3)
      .optional(),
  })
  .meta({ id: 'CreateBoat' });
const UpdateBoat = z.strictObject({ name: line(40).optional() }).meta({ id: 'UpdateBoat' });
const BoatQuery = z.strictObject({ ...pageQuery, search: line(20).optional() });
const BoatPage = pageOf(Boat).meta({ id: 'BoatPage' });
const BoatSecret = z.strictObject({ id: Uuid, secret: z.string() }).meta({ id: 'BoatSecret' });
const Tide = z.strictObject({ height: z.int() }).meta({ id: 'Tide' });

/** What the fixture knows and counts, for tests to look at. */
export class Harbour {
  static readonly boats = new Map<string, Boat>();
  static readonly refusals: Refusal[] = [];
  static created = 0;
  /** Holds the creation of boats called `slow` until it is resolved. */
  static gate: Promise<void> = Promise.resolve();
  static streams: AbortSignal[] = [];
}

@Controller('v1/boats')
class BoatsController {
  constructor(private readonly streams: EventStreams) {}

  @Get()
  @Endpoint({ operationId: 'listBoats', summary: 'List boats', permission: 'hosts:read', response: BoatPage })
  list(@Query({ schema: BoatQuery }) query: z.output<typeof BoatQuery>): z.infer<typeof BoatPage> {
    return { items: [...Harbour.boats.values()].slice(0, query.limit), nextCursor: null };
  }

  @Post()
  @Endpoint({
    operationId: 'createBoat',
    summary: 'Launch a boat',
    permission: 'hosts:manage',
    response: Boat,
    idempotent: true,
    etag: true,
    location: ({ id }) => `/v1/boats/${id}`,
  })
  async create(@Body({ schema: CreateBoat }) body: z.output<typeof CreateBoat>): Promise<Boat> {
    if (body.name === 'slow') await Harbour.gate;
    if (body.name === 'sinks') throw new NotFound({});
    Harbour.created += 1;
    const { name, labels } = body;
    const boat: Boat = { id: newId(), name, labels, launchedAt: new Date().toISOString(), version: 1 };
    Harbour.boats.set(boat.id, boat);
    return boat;
  }

  @Post('secrets')
  @Endpoint({
    operationId: 'createBoatSecret',
    summary: 'Make a secret',
    permission: 'hosts:manage',
    response: BoatSecret,
    idempotent: true,
    secretResponse: true,
  })
  createSecret(): z.infer<typeof BoatSecret> {
    return { id: newId(), secret: `hush-${newId()}` };
  }

  @Get('broken')
  @Endpoint({ operationId: 'getBrokenBoat', summary: 'Fail', permission: 'public', response: Boat })
  broken(): Boat {
    throw new Error('the mast of secret-boat broke');
  }

  @Get('leaky')
  @Endpoint({ operationId: 'getLeakyBoat', summary: 'Return more than promised', permission: 'public', response: Tide })
  leaky(): z.infer<typeof Tide> & { keel: string } {
    return { height: 1, keel: 'secret-keel' };
  }

  @Get('whoami')
  @Endpoint({
    operationId: 'getSkipper',
    summary: 'Who is asking',
    permission: 'authenticated',
    response: z.strictObject({ name: z.string() }),
  })
  whoAmI(@CurrentActor() actor: Actor): { name: string } {
    return { name: actor.name };
  }

  @Get('tides')
  @Endpoint({ operationId: 'streamTides', summary: 'Follow the tides', permission: 'hosts:read', events: Tide })
  tides(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    this.streams.send(request, reply, async function* follow(lastEventId, signal) {
      Harbour.streams.push(signal);
      for (let id = (lastEventId ?? 0) + 1; id <= 3; id += 1) yield { id, event: 'tide', data: { height: id } };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    });
  }

  @Get(':boatId')
  @Endpoint({ operationId: 'getBoat', summary: 'Get a boat', permission: 'hosts:read', response: Boat, etag: true })
  get(@Param('boatId', { schema: Uuid }) boatId: string): Boat {
    return boatOf(boatId);
  }

  @Patch(':boatId')
  @Endpoint({
    operationId: 'updateBoat',
    summary: 'Rename a boat',
    permission: 'hosts:manage',
    response: Boat,
    etag: true,
  })
  update(
    @Param('boatId', { schema: Uuid }) boatId: string,
    @IfMatch() expected: number | null,
    @Body({ schema: UpdateBoat }) body: z.output<typeof UpdateBoat>,
  ): Boat {
    const boat = boatOf(boatId);
    if (expected !== null && expected !== boat.version) {
      throw new VersionConflict({ currentETag: versionETag(boat.version) });
    }
    const renamed: Boat = { ...boat, name: body.name ?? boat.name, version: boat.version + 1 };
    Harbour.boats.set(boatId, renamed);
    return renamed;
  }

  @Delete(':boatId')
  @Endpoint({ operationId: 'deleteBoat', summary: 'Scrap a boat', permission: 'hosts:manage' })
  delete(@Param('boatId', { schema: Uuid }) boatId: string): void {
    Harbour.boats.delete(boatId);
  }
}

const boatOf = (boatId: string): Boat => {
  const boat = Harbour.boats.get(boatId);
  if (boat === undefined) throw new NotFound({});
  return boat;
};

/** Signs in by word: `Authorization: Bearer <role> <tenant id> <user id>`. */
@Injectable()
class FixtureAuthentication extends Authentication {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const header = request.headers.authorization;
    if (header === undefined) return true;
    const [, word, tenantId = '', id = ''] = header.split(' ');
    const role = roleOf(word);
    if (role === undefined) throw new Unauthenticated({});
    const permissions = new Set(permissionsOf[role]);
    request.actor = {
      kind: 'user',
      id,
      name: 'Ada',
      tenantId,
      role,
      permissions,
      address: request.ip,
      requestId: request.id,
    };
    await Promise.resolve();
    return true;
  }
}

const roleOf = (word: string | undefined): Role | undefined =>
  word === 'owner' || word === 'viewer' || word === 'operator' ? word : undefined;

@Injectable()
class FixtureRefusalRecorder extends RefusalRecorder {
  override async recordRefusal(refusal: Refusal): Promise<void> {
    Harbour.refusals.push(refusal);
    await Promise.resolve();
  }
}

@Module({
  controllers: [BoatsController],
  providers: [
    { provide: Authentication, useClass: FixtureAuthentication },
    { provide: RefusalRecorder, useClass: FixtureRefusalRecorder },
  ],
  exports: [Authentication, RefusalRecorder],
})
export class FixtureFeature {}
