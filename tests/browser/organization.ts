import { randomUUID } from 'node:crypto';
import type { AddedMember, CreatedInvitation, Host, Role, Scan, Session } from '@plimsoll/contracts';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import type { BrowserContext } from 'playwright-core';
import type { z } from 'zod';
import { markSignedIn } from './in-page.ts';
import type { Product } from './product.ts';

type HostDocument = z.output<typeof Host>;

export interface Credentials {
  email: string;
  password: string;
}
export const password = 'a long enough password';
export const newEmail = (name = 'somebody'): string => `${name}-${randomUUID()}@example.com`;

/** A tenant of its own for a test, made through the API as anyone would; the browser then does what is tested. */
export class Organization {
  readonly owner: Credentials;
  readonly #baseUrl: string;
  readonly #session: Session;

  private constructor(baseUrl: string, owner: Credentials, session: Session) {
    this.#baseUrl = baseUrl;
    this.owner = owner;
    this.#session = session;
  }

  static async found({ baseUrl }: Product, name = 'Acme'): Promise<Organization> {
    const owner = { email: newEmail('owner'), password };
    const session = await send<Session>(baseUrl, 'POST', '/v1/sign-up', { tenantName: name, name: 'Olga', ...owner });
    return new Organization(baseUrl, owner, session);
  }

  /** Makes somebody of another organization a member of this one as well. */
  async invite(role: Role, other: Organization): Promise<void> {
    const { code } = await this.call<CreatedInvitation>('POST', '/v1/invitations', { email: other.owner.email, role });
    await other.call('POST', '/v1/memberships', { code });
  }

  /** Adds somebody, who has replaced the initial password. */
  async member(role: Role, name: string, email = newEmail(role)): Promise<Credentials> {
    const added = await this.call<AddedMember>('POST', '/v1/members', { email, name, role });
    const initialPassword = added.initialPassword ?? '';
    const { accessToken } = await send<Session>(this.#baseUrl, 'POST', '/v1/sessions', {
      email,
      password: initialPassword,
    });
    const change = { currentPassword: initialPassword, newPassword: password };
    await send(this.#baseUrl, 'PUT', '/v1/me/password', change, accessToken);
    return { email, password };
  }

  host({ url, tls }: SimulatedHost, name: string): Promise<HostDocument> {
    return this.call('POST', '/v1/hosts', { name, address: url, credential: tls, labels: {} });
  }

  /** Scans a host and waits for the end. */
  async scan({ id }: HostDocument): Promise<Scan> {
    let scan = await this.call<Scan>('POST', `/v1/hosts/${id}/scans`, {});
    while (scan.state === 'queued' || scan.state === 'running') scan = await this.call('GET', `/v1/scans/${scan.id}`);
    return scan;
  }

  call<T>(method: string, path: string, body?: object): Promise<T> {
    return send(this.#baseUrl, method, path, body, this.#session.accessToken);
  }
}

const send = async <T>(baseUrl: string, method: string, path: string, body?: object, token?: string): Promise<T> => {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      'Idempotency-Key': randomUUID(),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  // The caller names what this route answers with; the API's own tests hold it to that.
  return (response.status === 204 ? undefined : await response.json()) as T;
};

/** Signs the browser in without the form: each page that it opens takes the session up, as after a reload. */
export const signInQuietly = async (context: BrowserContext, credentials: Credentials): Promise<void> => {
  const answer = await context.request.post('/v1/sessions', { data: credentials });
  if (!answer.ok()) throw new Error(`Sign-in: ${answer.status()} ${await answer.text()}`);
  await context.addInitScript({ content: markSignedIn });
};
