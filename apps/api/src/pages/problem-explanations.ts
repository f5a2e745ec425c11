export interface ProblemExplanation {
  /** What happened, beyond the title. */
  readonly meaning: string;
  /** The way out. */
  readonly nextStep: string;
}

/** For `/problems/…` and `docs/problems.md`; a test holds it against the table of problems, both ways. */
export const problemExplanations: Readonly<Record<string, ProblemExplanation>> = {
  'validation-failed': {
    meaning:
      'A field of the body, the query, the path or a header is missing, unknown, of the wrong type or out of range. `errors` names each field and where it is.',
    nextStep: 'Mend the named fields. Unknown ones are refused rather than ignored: a typo would go unnoticed.',
  },
  'malformed-body': {
    meaning: 'The body is not UTF-8 or not JSON.',
    nextStep: 'Send one JSON object, encoded in UTF-8.',
  },
  'body-too-large': {
    meaning: 'The body has more bytes than `limitBytes`.',
    nextStep: 'Send less. The operator can raise the limit with `PLIMSOLL_BODY_LIMIT_BYTES`.',
  },
  'unsupported-media-type': {
    meaning: 'The API takes JSON only.',
    nextStep: 'Send `Content-Type: application/json`.',
  },
  'cursor-invalid': {
    meaning: 'The cursor was changed, cut, or comes from another list or another order.',
    nextStep: 'Start again without `cursor`, and pass on `nextCursor` as it is.',
  },
  unauthenticated: {
    meaning: 'The request carries no valid access token or API key, or the token has expired.',
    nextStep:
      'Sign in with `POST /v1/sessions`, refresh the session, or send an API key as `Authorization: Bearer plim_…`.',
  },
  'credentials-invalid': {
    meaning: 'No account has this email address and password. Which of the two is wrong is not said.',
    nextStep: 'Check both. Repeated failures are slowed down.',
  },
  'session-ended': {
    meaning:
      'The session was signed out, has expired, or was ended because one of its refresh tokens was used twice, as a thief would.',
    nextStep: 'Sign in again.',
  },
  'permission-missing': {
    meaning: 'The role does not include `permission`. The attempt is in the audit log.',
    nextStep: 'Ask an owner or admin of the tenant for a role that includes it.',
  },
  'password-change-required': {
    meaning:
      'The password is one that somebody else has given out: the initial one of a new member, or one that was reset. Whoever gave it out may know it.',
    nextStep: 'Replace it with `PUT /v1/me/password`. Nothing else is permitted until then.',
  },
  'cross-site-request': {
    meaning: 'A browser sent this on behalf of another site.',
    nextStep:
      'Use the console from its own address. Behind a proxy, set `PLIMSOLL_PUBLIC_URL` to the address that people see.',
  },
  'sign-up-closed': {
    meaning: 'Nobody can make a new tenant here on their own.',
    nextStep: 'Ask to be added to an existing tenant. The operator can open sign-up with `PLIMSOLL_SIGN_UP`.',
  },
  'not-found': {
    meaning: 'There is nothing at this path, it was deleted, or it belongs to another tenant. The three look alike.',
    nextStep: 'Check the id and the tenant you are signed in to.',
  },
  'method-not-allowed': {
    meaning: 'The path exists, but not with this method.',
    nextStep: 'Use one of the methods in the `Allow` header.',
  },
  'already-exists': {
    meaning: 'Another thing of this tenant has the same value in `field`.',
    nextStep: 'Choose another value, or change the existing thing.',
  },
  'account-exists': {
    meaning:
      'The email address has an account. It belongs to its user: nobody is added to a tenant, or told of, without having agreed.',
    nextStep: 'Invite the person with `POST /v1/invitations` and hand over the code that it answers with.',
  },
  'last-owner': {
    meaning: 'This would leave the tenant without an owner, and so without anybody who could make one.',
    nextStep: 'Make another member owner first.',
  },
  'state-conflict': {
    meaning: 'The thing is in `state`, in which this can not be done; e.g. a finished scan can not be cancelled.',
    nextStep: 'Read it again and decide anew.',
  },
  'version-conflict': {
    meaning: 'Somebody changed the thing after you read it, so your update would undo theirs.',
    nextStep: 'Read it again, apply your change to what you find, and send the new `ETag` in `If-Match`.',
  },
  'precondition-required': {
    meaning: 'An update must say which state it replaces.',
    nextStep: 'Send the `ETag` you have read in `If-Match`, or `If-Match: *` to replace whatever is there.',
  },
  'idempotency-key-reused': {
    meaning: 'The same `Idempotency-Key` came with another path or body before.',
    nextStep: 'Make a new key for each new request; repeat a key only with the very same request.',
  },
  'idempotency-key-in-use': {
    meaning: 'The first request with this key has not been answered yet. After a crash a key stays so for two minutes.',
    nextStep: 'Wait and send it again: you then get the answer to the first.',
  },
  'too-many-requests': {
    meaning: 'A limit per minute is used up: of the address, of the user or API key, or of the whole tenant.',
    nextStep: 'Wait `retryAfterSeconds`. The headers `RateLimit` and `RateLimit-Policy` show what is left.',
  },
  'login-throttled': {
    meaning: 'Too many logins failed for this account or from this address.',
    nextStep: 'Wait `retryAfterSeconds`.',
  },
  'credential-rejected': {
    meaning:
      'The certificate authority, the client certificate or its key can not be used: `field` says which, `reason` says why.',
    nextStep:
      'Send PEM: the authority that signed the daemon’s certificate, a certificate for client authentication, and its key, not encrypted.',
  },
  'address-refused': {
    meaning:
      'The address points at a network that Plimsoll does not connect to, such as loopback or a cloud’s metadata service.',
    nextStep: 'Use another address. Where `setting` is given, the operator can allow this one with it.',
  },
  'quota-exceeded': {
    meaning: 'The tenant has as many as `limit` of what `quota` names.',
    nextStep: 'Delete what is not needed, or ask the operator for more.',
  },
  'service-unavailable': {
    meaning: 'The database or the queue does not answer, or the process is shutting down.',
    nextStep: 'Try again after `Retry-After`. `/readyz` says which part is missing.',
  },
  'internal-error': {
    meaning: 'Plimsoll made a mistake. The details are in its log, under `requestId`.',
    nextStep: 'Try again; if it stays, report it with the request id.',
  },
};
