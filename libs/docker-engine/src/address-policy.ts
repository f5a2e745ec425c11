import ipaddr from 'ipaddr.js';

/**
 * What an address is to the one who connects. `metadata`, `link-local` and `special` are refused everywhere;
 * `loopback` and `private` by the policy; `public` never.
 */
export type AddressClass = 'public' | 'private' | 'loopback' | 'link-local' | 'metadata' | 'special';

/** Which classes may be connected to, and the names of the settings that decide, for the text of a refusal. */
export interface AddressPolicy {
  /** RFC 1918, unique local, carrier-grade NAT and benchmarking ranges. */
  readonly allowPrivate: boolean;
  readonly allowLoopback: boolean;
  readonly settings: { readonly private: string; readonly loopback: string };
}

const hostSettings = { private: 'PLIMSOLL_HOSTS_ALLOW_PRIVATE', loopback: 'PLIMSOLL_HOSTS_ALLOW_LOOPBACK' };

/** A single self-hosted machine: Docker hosts live on private networks and on this very machine. */
export const selfHostedHostPolicy: AddressPolicy = { allowPrivate: true, allowLoopback: true, settings: hostSettings };
/** Webhooks: only public addresses, unless the operator says otherwise. */
export const webhookPolicy: AddressPolicy = {
  allowPrivate: false,
  allowLoopback: false,
  settings: { private: 'PLIMSOLL_WEBHOOKS_ALLOW_PRIVATE', loopback: 'PLIMSOLL_WEBHOOKS_ALLOW_LOOPBACK' },
};

/** Addresses that hand out credentials of the machine, as the clouds' own documents name them. */
const metadataAddresses = new Set([
  '169.254.169.254', // AWS, Azure, Google, OpenStack, DigitalOcean, Oracle
  '169.254.170.2', // AWS ECS task credentials
  '169.254.170.23', // AWS EKS pod identity
  '169.254.42.42', // Scaleway
  '169.254.0.23', // Tencent
  '100.100.100.200', // Alibaba
  '192.0.0.192', // Oracle, older
  '168.63.129.16', // Azure's wire server
  'fd00:ec2::254', // AWS
  'fd00:ec2::23', // AWS EKS pod identity
  'fd20:ce::254', // Google
  'fd00:42::42', // Scaleway
]);

const benchmarkingRange = ipaddr.IPv4.parseCIDR('198.18.0.0/15');
const compatibleRange = ipaddr.IPv6.parseCIDR('::/96');
const translatedRange = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

const classifyIPv4 = (address: ipaddr.IPv4): AddressClass => {
  if (metadataAddresses.has(address.toString())) return 'metadata';
  switch (address.range()) {
    case 'unicast':
      return 'public';
    case 'loopback':
      return 'loopback';
    case 'private':
    case 'carrierGradeNat':
      return 'private';
    case 'linkLocal':
      return 'link-local';
    default:
      return address.match(benchmarkingRange) ? 'private' : 'special';
  }
};

const embeddedIPv4 = (address: ipaddr.IPv6): ipaddr.IPv4 => new ipaddr.IPv4(address.toByteArray().slice(12));

const classifyIPv6 = (address: ipaddr.IPv6): AddressClass => {
  if (metadataAddresses.has(address.toString())) return 'metadata';
  const range = address.range();
  // A mapped or translated address reaches the IPv4 address inside it, so that one is judged.
  if (range === 'ipv4Mapped') return classifyIPv4(embeddedIPv4(address));
  if (address.match(translatedRange)) return classifyIPv4(embeddedIPv4(address));
  if (range === 'loopback') return 'loopback';
  if (range === 'linkLocal') return 'link-local';
  if (range === 'uniqueLocal') return 'private';
  if (range === 'unicast' && !address.match(compatibleRange)) {
    // Only 2000::/3 is handed out as global unicast.
    return ((address.parts[0] ?? 0) & 0xe000) === 0x2000 ? 'public' : 'special';
  }
  return 'special';
};

/** The class of a numeric address; anything that is none is `special`. */
export const classifyAddress = (address: string): AddressClass => {
  const withoutZone = address.replace(/%.*$/u, '');
  if (ipaddr.IPv4.isValidFourPartDecimal(withoutZone)) return classifyIPv4(ipaddr.IPv4.parse(withoutZone));
  if (ipaddr.IPv6.isValid(withoutZone)) return classifyIPv6(ipaddr.IPv6.parse(withoutZone));
  return 'special';
};

/** Why a policy refuses an address, or `undefined` where it may be connected to. */
export const refusalOf = (
  address: string,
  policy: AddressPolicy,
): { addressClass: AddressClass; setting?: string } | undefined => {
  const addressClass = classifyAddress(address);
  if (addressClass === 'public') return undefined;
  if (addressClass === 'private') {
    return policy.allowPrivate ? undefined : { addressClass, setting: policy.settings.private };
  }
  if (addressClass === 'loopback') {
    return policy.allowLoopback ? undefined : { addressClass, setting: policy.settings.loopback };
  }
  return { addressClass };
};
