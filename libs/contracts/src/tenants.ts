import { z } from 'zod';
import { pageOf, pageQuery } from './pagination.ts';
import { Role, allPermissions } from './permissions.ts';
import { Email, Timestamp, Uuid, line } from './text.ts';

const Name = line(100).meta({ example: 'Ada Lovelace' });
/** Long enough to resist guessing, short enough that hashing it can't be abused. */
export const Password = z
  .string()
  .min(12)
  .max(256)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'NUL and unpaired surrogates are not allowed')
  .meta({ example: 'correct horse battery staple' });

export const SignUp = z
  .strictObject({
    tenantName: line(100).meta({ example: 'Example Ltd' }),
    name: Name,
    email: Email,
    password: Password,
  })
  .meta({ id: 'SignUp' });
export const Login = z
  .strictObject({
    email: Email,
    password: z.string().min(1).max(256),
    tenantId: Uuid.optional().meta({
      description: 'Which tenant to sign in to, for a member of several; the first joined by default.',
    }),
  })
  .meta({ id: 'Login' });
export const RefreshSession = z
  .strictObject({ tenantId: Uuid.optional().meta({ description: 'Change to another tenant of the user.' }) })
  .meta({ id: 'RefreshSession' });

export const User = z.strictObject({ id: Uuid, email: z.string(), name: z.string() }).meta({ id: 'User' });
export const Tenant = z
  .strictObject({ id: Uuid, name: z.string(), createdAt: Timestamp, version: z.int() })
  .meta({ id: 'Tenant' });
export type Tenant = z.infer<typeof Tenant>;
export const UpdateTenant = z.strictObject({ name: line(100) }).meta({ id: 'UpdateTenant' });

/** The refresh token is not in here: it travels in an httpOnly cookie only. */
export const Session = z
  .strictObject({
    accessToken: z
      .string()
      .meta({ description: 'JWT (EdDSA), valid for 10 minutes. Send as `Authorization: Bearer …`.' }),
    expiresAt: Timestamp,
    user: User,
    tenant: Tenant,
    role: Role,
    permissions: z.array(z.string()),
    tenants: z.array(z.strictObject({ id: Uuid, name: z.string(), role: Role })),
    passwordChangeRequired: z.boolean().meta({
      description:
        'Somebody else has given out the password: nothing but `PUT /v1/me/password` is permitted until it is changed.',
    }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const ChangePassword = z
  .strictObject({ currentPassword: z.string().min(1).max(256), newPassword: Password })
  .meta({ id: 'ChangePassword', description: 'Ends every other session of the user.' });

/** Who is asking, as the API sees it. */
export const WhoAmI = z
  .strictObject({
    kind: z.enum(['user', 'api-key']),
    id: Uuid,
    name: z.string(),
    tenant: Tenant,
    role: Role,
    permissions: z.array(z.string()),
  })
  .meta({ id: 'WhoAmI' });
export type WhoAmI = z.infer<typeof WhoAmI>;

export const RoleList = z
  .strictObject({
    items: z.array(
      z.strictObject({
        role: Role,
        permissions: z.array(z.strictObject({ name: z.literal(allPermissions), description: z.string() })),
      }),
    ),
  })
  .meta({ id: 'RoleList', description: 'Every role with what it permits.' });
export type RoleList = z.infer<typeof RoleList>;

export const Member = z
  .strictObject({
    id: Uuid.meta({ description: 'Of the member: the same as the user’s.' }),
    user: User,
    role: Role,
    joinedAt: Timestamp,
    lastLoginAt: Timestamp.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof Member>;
export const AddMember = z
  .strictObject({
    email: Email,
    role: Role,
    name: Name.optional().meta({ description: 'The email address if absent.' }),
    password: Password.optional().meta({
      description:
        'Initial password of a new user, to be changed at the first sign-in; one is made and returned once if absent.',
    }),
  })
  .meta({ id: 'AddMember' });
export const AddedMember = Member.extend({
  initialPassword: z.string().nullable().meta({ description: 'Shown once; null when it was given.' }),
}).meta({ id: 'AddedMember' });
export type AddedMember = z.infer<typeof AddedMember>;
export const UpdateMember = z.strictObject({ role: Role }).meta({ id: 'UpdateMember' });
export const MemberPage = pageOf(Member).meta({ id: 'MemberPage' });
export const MemberQuery = z.strictObject({ ...pageQuery, search: line(100).optional() });

export const Invitation = z
  .strictObject({
    id: Uuid,
    email: z.string(),
    role: Role,
    createdAt: Timestamp,
    createdBy: z.string().nullable(),
    expiresAt: Timestamp,
  })
  .meta({ id: 'Invitation', description: 'Of somebody who has not accepted yet.' });
export type Invitation = z.infer<typeof Invitation>;
export const CreateInvitation = z.strictObject({ email: Email, role: Role }).meta({ id: 'CreateInvitation' });
export const CreatedInvitation = Invitation.extend({
  code: z.string().meta({ description: 'Shown once. Whoever has it and an account of this email address can accept.' }),
}).meta({ id: 'CreatedInvitation' });
export type CreatedInvitation = z.infer<typeof CreatedInvitation>;
export const InvitationPage = pageOf(Invitation).meta({ id: 'InvitationPage' });
export const InvitationQuery = z.strictObject({ ...pageQuery });
export const AcceptInvitation = z
  .strictObject({ code: line(100).meta({ example: 'kq3YcJ0hV2m9Qn1sT7xWbZ4eRf8uLpAd' }) })
  .meta({ id: 'AcceptInvitation' });
export const AcceptedInvitation = z
  .strictObject({ tenant: z.strictObject({ id: Uuid, name: z.string() }), role: Role })
  .meta({ id: 'AcceptedInvitation' });
export type AcceptedInvitation = z.infer<typeof AcceptedInvitation>;

export const ApiKey = z
  .strictObject({
    id: Uuid,
    name: z.string(),
    prefix: z.string().meta({ description: 'The recognisable beginning of the key.', example: 'plim_4f9a2c' }),
    role: Role,
    createdAt: Timestamp,
    createdBy: z.string().nullable(),
    expiresAt: Timestamp.nullable(),
    lastUsedAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;
export const CreateApiKey = z
  .strictObject({
    name: line(100).meta({ example: 'pipeline' }),
    role: Role.exclude(['owner']),
    expiresInDays: z.number().int().min(1).max(3650).nullable().default(365),
  })
  .meta({ id: 'CreateApiKey' });
export const CreatedApiKey = ApiKey.extend({
  key: z.string().meta({ description: 'Shown once. Send as `Authorization: Bearer …`.' }),
}).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
export const ApiKeyPage = pageOf(ApiKey).meta({ id: 'ApiKeyPage' });
export const ApiKeyQuery = z.strictObject({ ...pageQuery });
