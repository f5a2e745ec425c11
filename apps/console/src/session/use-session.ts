import { useSyncExternalStore } from 'react';
import type { Session } from '../api/generated/types.gen.ts';
import { type SessionState, sessionStore } from './session-store.ts';

export const useSessionState = (): SessionState => useSyncExternalStore(sessionStore.subscribe, sessionStore.get);

/** For pages behind the sign-in. */
export const useSession = (): Session => {
  const session = useSessionState();
  if (!session) throw new Error('This page is for signed-in users');
  return session;
};

/** Whether the session's role permits something; what it does not permit is not offered. */
export const usePermission = (permission: string): boolean =>
  useSessionState()?.permissions.includes(permission) ?? false;
