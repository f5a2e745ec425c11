import { Authenticator, LoginService } from '@plimsoll/identity';
import type { Caller, IssuedSession, Principal } from '@plimsoll/identity';
import { Injectable } from '@nestjs/common';
import passport from 'passport';
import type { CredentialRequest } from './credential-request.ts';
import { AccessTokenStrategy, ApiKeyStrategy, localStrategy } from './strategies.ts';

/**
 * Passport with the strategies of this application. An instance of its own: the shared one belongs to the whole process,
 * where a second application would silently take over the strategies of the first.
 */
@Injectable()
export class PassportGate {
  private readonly passport = new passport.Passport();

  constructor(authenticator: Authenticator, logins: LoginService) {
    this.passport.use('local', localStrategy(logins));
    this.passport.use('access-token', new AccessTokenStrategy(authenticator));
    this.passport.use('api-key', new ApiKeyStrategy(authenticator));
  }

  /** Whom the `Authorization` header stands for; null when no strategy knows what to do with it. */
  async bearer(authorization: string, caller: Caller): Promise<Principal | null> {
    const user = await this.authenticate(['access-token', 'api-key'], { headers: { authorization }, caller });
    return isPrincipal(user) ? user : null;
  }

  /** The session that the body's email address and password open; null when it does not hold them. */
  async local(body: unknown, caller: Caller): Promise<IssuedSession | null> {
    const user = await this.authenticate(['local'], { headers: {}, body, caller });
    return isIssuedSession(user) ? user : null;
  }

  private authenticate(strategies: string[], request: CredentialRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const middleware: PassportMiddleware = this.passport.authenticate(
        strategies,
        { session: false },
        (error: unknown, user: unknown) => (error === null || error === undefined ? resolve(user) : reject(error)),
      );
      middleware(request, {}, reject);
    });
  }
}

type PassportMiddleware = (request: CredentialRequest, response: object, next: (error?: unknown) => void) => void;

const isPrincipal = (user: unknown): user is Principal =>
  typeof user === 'object' && user !== null && 'kind' in user && 'tenantId' in user && 'role' in user;
const isIssuedSession = (user: unknown): user is IssuedSession =>
  typeof user === 'object' && user !== null && 'session' in user && 'refreshToken' in user;
