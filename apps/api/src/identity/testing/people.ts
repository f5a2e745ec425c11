import type { AddedMember, CreatedApiKey, Role, Session } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import type { Test } from 'supertest';
import type { TestApi } from '../../testing/test-api.ts';

export const password = 'correct horse battery staple';
const initialPassword = 'what an admin has thought of';

/** Somebody who is signed in, and how they send requests. */
export interface Person {
  readonly session: Session;
  /** `name=value` of the session cookie. */
  readonly cookie: string;
  /** Sends with the access token. */
  readonly send: (method: Method, path: string, body?: object) => Test;
}
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Makes people through the API, as they would themselves. */
export class People {
  constructor(private readonly api: TestApi) {}

  /** The owner of a new tenant. */
  async founder(email = `${newId()}@example.com`): Promise<Person> {
    const form = { tenantName: 'Acme', name: 'Ada', email, password };
    const answer = await this.api.request.post('/v1/sign-up').send(form).expect(201);
    return this.#person(answer);
  }

  /** A member with this role, made by the founder, with a password of their own. */
  async member(founder: Person, role: Role): Promise<Person> {
    const email = `${newId()}@example.com`;
    const added: { body: AddedMember } = await founder
      .send('post', '/v1/members', { email, role, password: initialPassword })
      .expect(201);
    const { email: address } = added.body.user;
    const initial = await this.login(address, initialPassword);
    await initial
      .send('put', '/v1/me/password', { currentPassword: initialPassword, newPassword: password })
      .expect(204);
    return initial;
  }

  async login(email: string, given = password): Promise<Person> {
    return this.#person(await this.api.request.post('/v1/sessions').send({ email, password: given }).expect(201));
  }

  /** Sends as an API key with this role, made by the founder. */
  async apiKey(founder: Person, role: Exclude<Role, 'owner'>): Promise<Person['send']> {
    const created: { body: CreatedApiKey } = await founder
      .send('post', '/v1/api-keys', { name: 'key', role })
      .expect(201);
    return this.as(created.body.key);
  }

  /** Sends with a bearer token. */
  as(token: string): Person['send'] {
    return (method, path, body) => {
      const request = this.api.request[method](path).set('authorization', `Bearer ${token}`);
      return body === undefined ? request : request.send(body);
    };
  }

  #person(answer: { body: Session; headers: Record<string, string | string[]> }): Person {
    return { session: answer.body, cookie: cookieOf(answer), send: this.as(answer.body.accessToken) };
  }
}

/** `name=value` of the only cookie that an answer sets; empty if it sets none. */
export const cookieOf = ({ headers }: { headers: Record<string, string | string[]> }): string =>
  [headers['set-cookie'] ?? ''].flat()[0]?.split(';')[0] ?? '';
