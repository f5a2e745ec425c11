import { Module } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import {
  ApiKeyService,
  Authenticator,
  LoginService,
  InvitationService,
  MemberService,
  PasswordService,
  SessionService,
  SignUpService,
  TenantService,
  createIdentity,
} from '@plimsoll/identity';
import type { Identity } from '@plimsoll/identity';
import { Database } from '@plimsoll/persistence';
import { Metrics } from '@plimsoll/telemetry';
import type { Logger } from '@plimsoll/telemetry';
import { loadOrCreateSigningKey } from '@plimsoll/vault';
import { join } from 'node:path';
import { LOGGER } from '@plimsoll/core';
import { Authentication } from '../http/ports.ts';
import { ApiKeysController } from './api-keys.controller.ts';
import { AuthenticationGuard } from './authentication.guard.ts';
import { InstallationController } from './installation.controller.ts';
import { InvitationsController, MembershipsController } from './invitations.controller.ts';
import { MeController } from './me.controller.ts';
import { MembersController } from './members.controller.ts';
import { PassportGate } from './passport-gate.ts';
import { RefreshCookie } from './refresh-cookie.ts';
import { SessionsController } from './sessions.controller.ts';
import { TenantController } from './tenant.controller.ts';

const IDENTITY = Symbol('identity');

const openIdentity = async (
  { identity, secrets, dataDir }: Config,
  database: Database,
  metrics: Metrics,
  log: Logger,
): Promise<Identity> =>
  createIdentity({
    database,
    signingKey: secrets.tokenSigningKey ?? (await loadOrCreateSigningKey(join(dataDir, 'keys', 'token-signing.pem'))),
    signUpOpen: identity.signUp,
    accessTokenSeconds: identity.accessTokenSeconds,
    refreshTokenSeconds: identity.refreshTokenSeconds,
    onLogin: ({ outcome, accountKnown, caller: { address, requestId } }) => {
      metrics.logins.inc({ outcome });
      if (outcome !== 'success') log.info({ outcome, accountKnown, address, requestId }, 'login refused');
    },
  });

/** Who asks, and what they may do. */
@Module({
  controllers: [
    InstallationController,
    SessionsController,
    MeController,
    TenantController,
    MembersController,
    InvitationsController,
    MembershipsController,
    ApiKeysController,
  ],
  providers: [
    { provide: IDENTITY, inject: [Config, Database, Metrics, LOGGER], useFactory: openIdentity },
    { provide: Authenticator, inject: [IDENTITY], useFactory: (identity: Identity) => identity.authenticator },
    { provide: LoginService, inject: [IDENTITY], useFactory: (identity: Identity) => identity.logins },
    { provide: SessionService, inject: [IDENTITY], useFactory: (identity: Identity) => identity.sessions },
    { provide: SignUpService, inject: [IDENTITY], useFactory: (identity: Identity) => identity.signUps },
    { provide: PasswordService, inject: [IDENTITY], useFactory: (identity: Identity) => identity.passwords },
    { provide: TenantService, inject: [IDENTITY], useFactory: (identity: Identity) => identity.tenants },
    { provide: MemberService, inject: [IDENTITY], useFactory: (identity: Identity) => identity.members },
    { provide: InvitationService, inject: [IDENTITY], useFactory: (identity: Identity) => identity.invitations },
    { provide: ApiKeyService, inject: [IDENTITY], useFactory: (identity: Identity) => identity.apiKeys },
    PassportGate,
    RefreshCookie,
    AuthenticationGuard,
    { provide: Authentication, useExisting: AuthenticationGuard },
  ],
  exports: [Authentication],
})
export class IdentityModule {}
