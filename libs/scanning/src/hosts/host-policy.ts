import { AddressRefused } from '@plimsoll/contracts';
import {
  type AddressPolicy,
  EngineError,
  type EngineTarget,
  type ResolveName,
  type TlsMaterial,
  parseEngineAddress,
  resolveGuarded,
  selfHostedHostPolicy,
} from '@plimsoll/docker-engine';

/** Which hosts this installation may be told to connect to. */
export interface HostPolicy {
  readonly allowPrivate: boolean;
  readonly allowLoopback: boolean;
  readonly allowUnixSockets: boolean;
  readonly allowPlainTcp: boolean;
}

const addressPolicyOf = ({ allowPrivate, allowLoopback }: HostPolicy): AddressPolicy => ({
  ...selfHostedHostPolicy,
  allowPrivate,
  allowLoopback,
});

/** What the engine client needs to reach a host, under this installation's policy. */
export const engineTargetOf = (
  address: string,
  tls: TlsMaterial | undefined,
  policy: HostPolicy,
  resolveName?: ResolveName,
): EngineTarget => ({
  address: parseEngineAddress(address),
  tls,
  policy: addressPolicyOf(policy),
  allowUnixSockets: policy.allowUnixSockets,
  allowPlainTcp: policy.allowPlainTcp,
  resolveName,
});

/**
 * Refuses an address before it is saved, by the same guard that every connection passes again. A name that does not
 * resolve at this moment is no reason to refuse: the host may come up later.
 * @throws AddressRefused
 */
export const assertAddressAllowed = async (
  address: string,
  policy: HostPolicy,
  resolveName?: ResolveName,
): Promise<void> => {
  try {
    const parsed = parseEngineAddress(address);
    if (parsed.transport === 'unix') {
      if (policy.allowUnixSockets) return;
      throw new EngineError('address-refused', {
        detail: 'Sockets of this machine are not allowed here.',
        setting: 'PLIMSOLL_HOSTS_ALLOW_UNIX_SOCKETS',
      });
    }
    await resolveGuarded(parsed.host, addressPolicyOf(policy), { resolveName, timeoutMs: 3_000 });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.reason !== 'address-refused' && error.reason !== 'invalid-address') return;
    throw new AddressRefused(
      { reason: error.reason, setting: error.setting ?? null },
      { detail: error.detail, cause: error, errors: [{ field: 'address', in: 'body', message: error.detail }] },
    );
  }
};
