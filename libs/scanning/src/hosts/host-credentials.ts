import { CredentialRejected, type FieldError, type HostCredentialInput } from '@plimsoll/contracts';
import { type TlsMaterial, type TlsMaterialFacts, parseTlsMaterial } from '@plimsoll/docker-engine';
import { type Transaction } from '@plimsoll/persistence';
import { type Vault, dataKeyIdOf } from '@plimsoll/vault';
import type { z } from 'zod';

/** TLS material that was judged and can be used. */
export interface AcceptedCredential {
  readonly material: TlsMaterial;
  readonly facts: TlsMaterialFacts;
}

/**
 * Judges what somebody wants to register.
 * @throws CredentialRejected with the first problem's field and reason, and all of them in `errors`
 */
export const acceptCredential = (
  input: Partial<z.infer<typeof HostCredentialInput>>,
  now: Date,
): AcceptedCredential => {
  const verdict = parseTlsMaterial(input, now);
  if (verdict.ok) return verdict;
  const [first] = verdict.problems;
  if (first === undefined) throw new TypeError('TLS material was refused without a reason');
  const errors = verdict.problems.map(({ field, detail }): FieldError => ({
    field: `credential.${field}`,
    in: 'body',
    message: detail,
  }));
  throw new CredentialRejected({ field: first.field, reason: first.reason }, { detail: first.detail, errors });
};

const purposeOf = (hostId: string) => ({ purpose: 'host-client-key', subjectId: hostId }) as const;

/** Keeps TLS material of a host: the key sealed for this tenant and host, everything else readable. */
export class HostCredentials {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Saves, or replaces what was saved before. */
  async save(
    tx: Transaction,
    tenantId: string,
    hostId: string,
    { material, facts }: AcceptedCredential,
  ): Promise<void> {
    const encryptedKey = await this.#vault.seal(tx, tenantId, purposeOf(hostId), material.key);
    const content = {
      caPem: material.ca,
      certificatePem: material.certificate,
      encryptedKey,
      dataKeyId: dataKeyIdOf(encryptedKey),
      fingerprint: facts.client.fingerprint256.replaceAll(':', '').toLowerCase(),
      subject: facts.client.subject,
      issuer: facts.client.issuer,
      notBefore: new Date(facts.client.notBefore),
      notAfter: new Date(facts.client.notAfter),
      authorityNotAfter: new Date(Math.max(...facts.authorities.map(({ notAfter }) => new Date(notAfter).getTime()))),
    };
    await tx.hostCredential.upsert({
      where: { hostId },
      create: { hostId, tenantId, ...content },
      update: content,
    });
  }

  /** The material with its key in clear, for this process's memory only; undefined where the host has none. */
  async open(tx: Transaction, tenantId: string, hostId: string): Promise<TlsMaterial | undefined> {
    const row = await tx.hostCredential.findFirst({ where: { tenantId, hostId } });
    if (row === null) return undefined;
    const key = await this.#vault.open(tx, tenantId, purposeOf(hostId), row.encryptedKey);
    return { ca: row.caPem, certificate: row.certificatePem, key: new TextDecoder().decode(key) };
  }
}
