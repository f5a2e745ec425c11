import { AuditReader, AuditWriter } from '@plimsoll/audit';
import type { Database } from '@plimsoll/persistence';
import { AccessCache } from './access/access-cache.ts';
import { Authenticator } from './access/authenticator.ts';
import { ApiKeyService } from './api-keys/api-key.service.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { InvitationService } from './members/invitation.service.ts';
import { MemberService } from './members/member.service.ts';
import { PasswordService } from './passwords/password.service.ts';
import { AccessTokens } from './sessions/access-tokens.ts';
import { LoginService } from './sessions/login.service.ts';
import type { LoginEnd } from './sessions/login.service.ts';
import { SessionIssuer } from './sessions/session-issuer.ts';
import { SessionService } from './sessions/session.service.ts';
import { SignUpService } from './tenants/sign-up.service.ts';
import { TenantService } from './tenants/tenant.service.ts';
import { LoginThrottle } from './throttle/login-throttle.ts';

export interface IdentityOptions {
  readonly database: Database;
  /** Ed25519 private key, PKCS #8 PEM, that signs access tokens; the same in all processes. */
  readonly signingKey: string;
  readonly signUpOpen: boolean;
  readonly accessTokenSeconds: number;
  /** How long a session lasts without being used. */
  readonly refreshTokenSeconds: number;
  /** See `LoginOptions`; default 250. */
  readonly refusalFloorMs?: number;
  /** See `LoginOptions`. */
  readonly onLogin?: (end: LoginEnd) => void;
  readonly now?: Clock;
}

/** The services of identity, wired up. */
export interface Identity {
  readonly authenticator: Authenticator;
  readonly logins: LoginService;
  readonly sessions: SessionService;
  readonly signUps: SignUpService;
  readonly passwords: PasswordService;
  readonly tenants: TenantService;
  readonly members: MemberService;
  readonly invitations: InvitationService;
  readonly apiKeys: ApiKeyService;
  readonly auditWriter: AuditWriter;
  readonly auditReader: AuditReader;
}

export const createIdentity = (options: IdentityOptions): Identity => {
  const { database, now = systemClock } = options;
  const auditWriter = new AuditWriter(now);
  const cache = new AccessCache(now);
  const tokens = new AccessTokens(options.signingKey, options.accessTokenSeconds, now);
  const issuer = new SessionIssuer(tokens, options.refreshTokenSeconds, now);
  const throttle = new LoginThrottle(database, now);
  const successionSecret = tokens.deriveSecret('refresh-token-succession');
  return {
    authenticator: new Authenticator(database, tokens, auditWriter, cache, now),
    logins: new LoginService(database, issuer, throttle, auditWriter, now, {
      refusalFloorMs: options.refusalFloorMs ?? 250,
      onLogin: options.onLogin,
    }),
    sessions: new SessionService(database, issuer, auditWriter, cache, successionSecret, now),
    signUps: new SignUpService(database, issuer, auditWriter, now, options.signUpOpen),
    passwords: new PasswordService(database, throttle, auditWriter, cache, now),
    tenants: new TenantService(database, auditWriter),
    members: new MemberService(database, auditWriter, cache, now),
    invitations: new InvitationService(database, auditWriter, now),
    apiKeys: new ApiKeyService(database, auditWriter, cache, now),
    auditWriter,
    auditReader: new AuditReader(database),
  };
};
