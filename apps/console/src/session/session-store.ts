import { createSession, deleteCurrentSession, refreshSession, signUp } from '../api/generated/sdk.gen.ts';
import type { Login, Session, SignUp } from '../api/generated/types.gen.ts';
import { client } from '../api/generated/client.gen.ts';
import { ProblemError, problemOf, slugOf } from '../api/problem.ts';
import { queryString } from '../api/query-string.ts';

/** `undefined`: not yet known; `null`: signed out. */
export type SessionState = Session | null | undefined;

/** An access token is renewed this long before it ends. */
const renewAheadMs = 60_000;
const refreshLock = 'plimsoll-session-refresh';
/** Tells a later page that a cookie may be there, which no script can see: without it there is nothing to ask for. */
const marker = 'plimsoll-signed-in';

const endedSlugs = new Set(['unauthenticated', 'session-ended']);

let current: SessionState;
const listeners = new Set<() => void>();

const set = (next: Session | null): void => {
  current = next;
  if (next === null) localStorage.removeItem(marker);
  else localStorage.setItem(marker, 'yes');
  for (const listener of listeners) listener();
};

/** The session lives in memory; only the refresh token outlives the page, in a cookie that no script can read. */
export const sessionStore = {
  get: (): SessionState => current,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  signIn: async (body: Login): Promise<void> => {
    const { data } = await createSession({ body, throwOnError: true });
    set(data);
  },

  signUp: async (body: SignUp): Promise<void> => {
    const { data } = await signUp({ body, throwOnError: true });
    set(data);
  },

  signOut: async (): Promise<void> => {
    try {
      await deleteCurrentSession();
    } finally {
      set(null);
    }
  },

  /** The rest of the console opens at once: the server asks nothing more of this session. */
  passwordChanged: (): void => {
    if (current) set({ ...current, passwordChangeRequired: false });
  },

  switchTenant: (tenantId: string): Promise<void> => renew(tenantId),

  /** Takes up the session of an earlier page, if its cookie still stands. @throws when the server does not answer */
  resume: async (): Promise<void> => {
    if (localStorage.getItem(marker) === null) set(null);
    else await renew();
  },
};

/** One tab at a time: a refresh token that is traded twice ends the session. Only secure pages have locks. */
const alone = <T>(work: () => Promise<T>): Promise<T> =>
  isSecureContext ? navigator.locks.request(refreshLock, work) : work();

/** A server that is restarting ends no session: only its clear no does. */
const renew = (tenantId?: string): Promise<void> =>
  alone(async () => {
    const { data, error } = await refreshSession({ body: tenantId === undefined ? {} : { tenantId } });
    if (data !== undefined) set(data);
    else if (endedSlugs.has(slugOf(problemOf(error)))) set(null);
    else throw new ProblemError(problemOf(error));
  });

let renewal: Promise<void> | undefined;

/** A token that is valid for a while yet, or none when signed out. */
const accessToken = async (): Promise<string | undefined> => {
  if (!current) return undefined;
  if (Date.parse(current.expiresAt) - Date.now() < renewAheadMs) {
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    await renewal;
  }
  return current?.accessToken;
};

const publicPaths = new Set(['/v1/sessions', '/v1/sessions/refresh', '/v1/sign-up', '/v1/installation']);

client.setConfig({ baseUrl: '', querySerializer: queryString });
client.interceptors.request.use(async (request) => {
  if (publicPaths.has(new URL(request.url, location.origin).pathname)) return request;
  const token = await accessToken();
  if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
  return request;
});
client.interceptors.response.use(async (response, request) => {
  const path = new URL(request?.url ?? '/', location.origin).pathname;
  if (response.status !== 401 || publicPaths.has(path)) return response;
  // Ended elsewhere: signed out in another tab, removed as a member … A wrong password on a form is not that.
  const problem: unknown = await response.clone().json();
  if (endedSlugs.has(slugOf(problemOf(problem)))) set(null);
  return response;
});
