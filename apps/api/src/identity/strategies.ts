import { Login } from '@plimsoll/contracts';
import { looksLikeKey } from '@plimsoll/identity';
import type { Authenticator, LoginService } from '@plimsoll/identity';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import { bearerTokenOf, requireCaller } from './credential-request.ts';
import type { CredentialRequest } from './credential-request.ts';

/** Email address and password in the body; the user it yields is an `IssuedSession`. */
export const localStrategy = (logins: LoginService): LocalStrategy =>
  new LocalStrategy(
    { usernameField: 'email', passwordField: 'password', passReqToCallback: true, session: false },
    (request: CredentialRequest, _email, _password, done) => {
      const login = Login.safeParse(request.body);
      // What does not have the right shape is not refused here: validation says which field it is.
      if (!login.success) {
        done(null, false);
        return;
      }
      logins.login(login.data, requireCaller(request)).then(
        (issued) => done(null, issued),
        (error: unknown) => done(error),
      );
    },
  );

/** `Authorization: Bearer <JWT>`; the user it yields is a `Principal`. */
export class AccessTokenStrategy extends passport.Strategy {
  // Not a #private one: Passport calls `authenticate` on an object that merely inherits from this one.
  constructor(private readonly authenticator: Authenticator) {
    super();
  }

  override authenticate(request: CredentialRequest): void {
    const token = bearerTokenOf(request);
    if (token === null || looksLikeKey(token)) {
      this.fail('Bearer');
      return;
    }
    this.authenticator.accessToken(token, requireCaller(request)).then(
      (principal) => this.success(principal),
      (error: unknown) => this.error(error),
    );
  }
}

/** `Authorization: Bearer plim_…`; the user it yields is a `Principal`. */
export class ApiKeyStrategy extends passport.Strategy {
  // Not a #private one: Passport calls `authenticate` on an object that merely inherits from this one.
  constructor(private readonly authenticator: Authenticator) {
    super();
  }

  override authenticate(request: CredentialRequest): void {
    const token = bearerTokenOf(request);
    if (token === null || !looksLikeKey(token)) {
      this.fail('Bearer');
      return;
    }
    this.authenticator.apiKey(token, requireCaller(request)).then(
      (principal) => this.success(principal),
      (error: unknown) => this.error(error),
    );
  }
}
