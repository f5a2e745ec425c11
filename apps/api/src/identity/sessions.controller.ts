import { Body, Controller, Delete, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  AlreadyExists,
  CredentialsInvalid,
  CrossSiteRequest,
  Login,
  LoginThrottled,
  NotFound,
  RefreshSession,
  Session,
  SessionEnded,
  SignUp,
  SignUpClosed,
  Unauthenticated,
} from '@plimsoll/contracts';
import { SessionService, SignUpService } from '@plimsoll/identity';
import type { IssuedSession } from '@plimsoll/identity';
import type { z } from 'zod';
import type { ApiReply, ApiRequest } from '../http/api-request.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { callerOf } from './caller-of.ts';
import { LocalLoginGuard } from './local-login.guard.ts';
import { PassportGate } from './passport-gate.ts';
import { RefreshCookie } from './refresh-cookie.ts';

@Controller('v1')
export class SessionsController {
  constructor(
    private readonly sessions: SessionService,
    private readonly signUps: SignUpService,
    private readonly gate: PassportGate,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post('sign-up')
  @Endpoint({
    operationId: 'signUp',
    summary: 'Make a tenant and sign in as its owner',
    description: 'Can be switched off by the operator. Sets the session cookie.',
    permission: 'public',
    status: 201,
    response: Session,
    problems: [SignUpClosed, AlreadyExists, CrossSiteRequest],
  })
  async signUp(
    @Body({ schema: SignUp }) body: z.output<typeof SignUp>,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<Session> {
    return this.#deliver(request, reply, await this.signUps.signUp(body, callerOf(request)));
  }

  @Post('sessions')
  @UseGuards(LocalLoginGuard)
  @Endpoint({
    operationId: 'createSession',
    summary: 'Sign in',
    description: 'Answers with an access token and sets the session cookie, which renews it.',
    permission: 'public',
    status: 201,
    response: Session,
    problems: [CredentialsInvalid, LoginThrottled, CrossSiteRequest],
  })
  login(
    @Body({ schema: Login }) _body: z.output<typeof Login>,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Session {
    const { issuedSession } = request;
    if (issuedSession === undefined) throw new CredentialsInvalid({});
    return this.#deliver(request, reply, issuedSession);
  }

  @Post('sessions/refresh')
  @Endpoint({
    operationId: 'refreshSession',
    summary: 'Renew the session, or move it to another tenant',
    description:
      'Trades the session cookie for a new one and an access token. A cookie that is traded twice ends the session.',
    permission: 'public',
    response: Session,
    problems: [SessionEnded, NotFound, CrossSiteRequest],
  })
  async refresh(
    @Body({ schema: RefreshSession }) body: z.output<typeof RefreshSession>,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<Session> {
    const token = this.cookie.read(request);
    if (token === undefined) throw new SessionEnded({}, { detail: 'The request brought no session cookie.' });
    try {
      return this.#deliver(request, reply, await this.sessions.refresh(token, body.tenantId, callerOf(request)));
    } catch (error) {
      if (error instanceof SessionEnded) this.cookie.clear(request, reply);
      throw error;
    }
  }

  @Delete('sessions/current')
  @Endpoint({
    operationId: 'deleteCurrentSession',
    summary: 'Sign out',
    description: 'Ends the session of the cookie, or else of the access token, with all tokens that came from it.',
    permission: 'public',
    problems: [CrossSiteRequest, Unauthenticated, SessionEnded],
  })
  async logout(@Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): Promise<void> {
    const caller = callerOf(request);
    const token = this.cookie.read(request);
    if (token !== undefined) {
      this.cookie.clear(request, reply);
      await this.sessions.logout(token, caller);
      return;
    }
    const { authorization } = request.headers;
    const principal = authorization === undefined ? null : await this.gate.bearer(authorization, caller);
    if (principal === null || principal.sessionId === null) return;
    const { id: userId, tenantId, sessionId } = principal;
    await this.sessions.end({ userId, tenantId, sessionId }, caller);
  }

  #deliver(request: ApiRequest, reply: ApiReply, issued: IssuedSession): Session {
    this.cookie.write(request, reply, issued);
    return issued.session;
  }
}
