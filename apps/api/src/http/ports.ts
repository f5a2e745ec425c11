import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Actor, Permission } from '@plimsoll/contracts';

/**
 * Finds out who sent a request and leaves `request.actor` behind. Runs for every route before permissions are looked
 * at; throws `Unauthenticated` or `SessionEnded` for credentials that are present and wrong, and lets a request
 * without any pass (the permission guard refuses it where the route is not public).
 * The identity feature provides it: `{ provide: Authentication, useExisting: AuthenticationGuard }`, exported.
 */
export abstract class Authentication implements CanActivate {
  abstract canActivate(context: ExecutionContext): Promise<boolean>;
}

/** A request of a known actor that its role does not permit. */
export interface Refusal {
  readonly actor: Actor;
  readonly permission: Permission;
  readonly operationId: string;
  readonly method: string;
  /** As requested, without the query. */
  readonly path: string;
}

/** Writes refused attempts to the audit log. The audit feature provides and exports it under this token. */
export abstract class RefusalRecorder {
  abstract recordRefusal(refusal: Refusal): Promise<void>;
}
