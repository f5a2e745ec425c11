import ipaddr from 'ipaddr.js';

/** What a port that is bound to an address can be reached by. */
export type AddressReach = 'every-address' | 'loopback' | 'one-address';

/**
 * Reads an address as the engine sends it: without brackets, IPv4 within IPv6 counts as IPv4, and an empty one means
 * every address. Undefined where it is no address.
 */
export const reachOf = (address: string): AddressReach | undefined => {
  if (address === '' || address === '0.0.0.0' || address === '::') return 'every-address';
  const bare = address.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  // Only the four-part form of IPv4: what the C library would make of "127.1" is not what Go makes of it.
  if (!(bare.includes(':') ? ipaddr.IPv6.isValid(bare) : ipaddr.IPv4.isValidFourPartDecimal(bare))) return undefined;
  const parsed = ipaddr.process(bare);
  if (parsed.toByteArray().every((byte) => byte === 0)) return 'every-address';
  return parsed.range() === 'loopback' ? 'loopback' : 'one-address';
};
