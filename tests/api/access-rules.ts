import type { Role } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { password } from '../../apps/api/src/identity/testing/people.ts';
import type { PopulatedTenant, Things } from './tenant.ts';

const everybody: readonly Role[] = ['owner', 'admin', 'operator', 'viewer', 'auditor'];
const operators: readonly Role[] = ['owner', 'admin', 'operator'];
const managers: readonly Role[] = ['owner', 'admin'];
const readers: readonly Role[] = ['owner', 'admin', 'auditor'];
const webhookReaders: readonly Role[] = ['owner', 'admin', 'operator', 'auditor'];

/** Who may do something, and a request that works for them. */
export interface AccessRule {
  /** `anybody` needs no credentials. */
  readonly may: 'anybody' | readonly Role[];
  /** What whoever may is answered. */
  readonly status: number;
  /** For people only: what an API key with a role that may is answered all the same. */
  readonly keyStatus?: number;
  /** Open to anybody, but not with a token that is none. */
  readonly badTokenStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each request. */
  readonly body?: (tenant: PopulatedTenant) => object;
  /** What the request uses up: made anew for each one that is going to succeed. */
  readonly uses?: (tenant: PopulatedTenant) => Promise<Partial<Things>>;
}

const anyVersion = { 'if-match': '*' };

/**
 * What is permitted, written down by hand: neither the permissions' own table nor the routes' declarations may prove
 * themselves. An operation that is not in here fails the tests.
 */
export const accessRules: Readonly<Record<string, AccessRule>> = {
  getHealth: { may: 'anybody', status: 200 },
  getReadiness: { may: 'anybody', status: 200 },
  getInstallation: { may: 'anybody', status: 200 },
  signUp: {
    may: 'anybody',
    status: 201,
    body: () => ({ tenantName: 'New', name: 'Grace', email: `${newId()}@example.com`, password }),
  },
  createSession: {
    may: 'anybody',
    status: 201,
    body: ({ people }) => ({ email: people.viewer.session.user.email, password }),
  },
  // Without a cookie.
  refreshSession: { may: 'anybody', status: 401, body: () => ({}) },
  // Without any; a bad token is told so.
  deleteCurrentSession: { may: 'anybody', status: 204, badTokenStatus: 401 },

  getMe: { may: everybody, status: 200 },
  listRoles: { may: everybody, status: 200 },
  // The password is wrong, on purpose: a right one would end sessions that are still needed.
  changePassword: {
    may: everybody,
    status: 401,
    keyStatus: 403,
    body: () => ({ currentPassword: 'not the password', newPassword: 'another long password' }),
  },
  getTenant: { may: everybody, status: 200 },
  updateTenant: { may: managers, status: 200, headers: anyVersion, body: () => ({ name: 'Acme' }) },

  listMembers: { may: readers, status: 200 },
  getMember: { may: readers, status: 200 },
  addMember: { may: managers, status: 201, body: () => ({ email: `${newId()}@example.com`, role: 'viewer' }) },
  updateMember: {
    may: managers,
    status: 200,
    headers: anyVersion,
    body: () => ({ role: 'auditor' }),
    uses: async ({ make }) => ({ memberId: (await make.member('viewer')).id }),
  },
  removeMember: {
    may: managers,
    status: 204,
    uses: async ({ make }) => ({ memberId: (await make.member('viewer')).id }),
  },
  listInvitations: { may: readers, status: 200 },
  createInvitation: { may: managers, status: 201, body: () => ({ email: `${newId()}@example.com`, role: 'viewer' }) },
  withdrawInvitation: {
    may: managers,
    status: 204,
    uses: async ({ make }) => ({ invitationId: (await make.invitation()).id }),
  },
  // Of nobody: whoever may accept finds none.
  acceptInvitation: { may: everybody, status: 404, keyStatus: 403, body: () => ({ code: 'a code of nobody' }) },
  listApiKeys: { may: readers, status: 200 },
  createApiKey: { may: managers, status: 201, body: () => ({ name: 'key', role: 'viewer' }) },
  revokeApiKey: {
    may: managers,
    status: 204,
    uses: async ({ make }) => ({ apiKeyId: (await make.apiKey('viewer')).id }),
  },
  listAuditEvents: { may: readers, status: 200 },
  verifyAuditEvents: { may: readers, status: 200 },

  listHosts: { may: everybody, status: 200 },
  getHost: { may: everybody, status: 200 },
  listHostContainers: { may: everybody, status: 200 },
  listHostImages: { may: everybody, status: 200 },
  getHostCompliance: { may: everybody, status: 200 },
  getHostFacts: { may: everybody, status: 200 },
  getOverview: { may: everybody, status: 200 },
  createHost: { may: operators, status: 201, body: ({ make }) => make.hostBody() },
  updateHost: {
    may: operators,
    status: 200,
    headers: anyVersion,
    body: () => ({ labels: { team: 'a' } }),
    uses: async ({ make }) => ({ hostId: (await make.host()).id }),
  },
  deleteHost: { may: operators, status: 204, uses: async ({ make }) => ({ hostId: (await make.host()).id }) },
  testConnection: { may: operators, status: 200, body: () => ({ address: 'tcp://127.0.0.1:1' }) },
  testHostConnection: { may: operators, status: 200 },

  listScans: { may: everybody, status: 200 },
  listHostScans: { may: everybody, status: 200 },
  getScan: { may: everybody, status: 200 },
  listScanResults: { may: everybody, status: 200 },
  streamScanEvents: { may: everybody, status: 200 },
  startScan: {
    may: operators,
    status: 202,
    body: () => ({}),
    uses: async ({ make }) => ({ hostId: (await make.host()).id }),
  },
  cancelScan: {
    may: operators,
    status: 202,
    uses: async ({ make }) => ({ scanId: (await make.queuedScan((await make.host()).id)).id }),
  },
  judgeHostAgain: { may: operators, status: 202, body: () => ({}) },
  listFindings: { may: everybody, status: 200 },
  getFinding: { may: everybody, status: 200 },
  listHostQuestions: { may: everybody, status: 200 },
  getHostQuestion: { may: everybody, status: 200 },
  listAnswers: { may: everybody, status: 200 },
  // A person vouches, not a key.
  answerQuestion: { may: operators, status: 201, keyStatus: 403, body: ({ make }) => make.answerBody() },
  withdrawAnswer: {
    may: operators,
    status: 204,
    keyStatus: 403,
    uses: async ({ make }) => ({ answerId: (await make.answer()).id }),
  },
  listChecks: { may: everybody, status: 200 },
  getCheck: { may: everybody, status: 200 },
  getCheckParameters: { may: everybody, status: 200 },
  setCheckParameters: { may: managers, status: 200, headers: anyVersion, body: () => ({ values: {} }) },
  resetCheckParameters: { may: managers, status: 204 },

  listWebhookEndpoints: { may: webhookReaders, status: 200 },
  getWebhookEndpoint: { may: webhookReaders, status: 200 },
  listWebhookDeliveries: { may: webhookReaders, status: 200 },
  getWebhookDelivery: { may: webhookReaders, status: 200 },
  createWebhookEndpoint: {
    may: managers,
    status: 201,
    body: () => ({ url: 'https://1.1.1.1/hook', eventTypes: ['scan.failed'] }),
  },
  updateWebhookEndpoint: { may: managers, status: 200, headers: anyVersion, body: () => ({ description: 'changed' }) },
  deleteWebhookEndpoint: {
    may: managers,
    status: 204,
    uses: async ({ make }) => ({ endpointId: (await make.endpoint()).id }),
  },
  rotateWebhookSecret: { may: managers, status: 201 },
  pingWebhookEndpoint: { may: managers, status: 202 },
  redeliverWebhook: {
    may: managers,
    status: 202,
    uses: async ({ make, things }) => ({ deliveryId: (await make.failedDelivery(things.endpointId)).id }),
  },
};

/** @throws for an operation about which nothing is written down */
export const ruleOf = (id: string): AccessRule => {
  const rule = accessRules[id];
  if (rule === undefined) throw new Error(`Nobody has written down in access-rules.ts who may ${id}`);
  return rule;
};
