import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** An address and how many of its leading bits name the network. */
export type IpNetwork = readonly [Address, number];

/** Reads an address; IPv4 within IPv6 counts as IPv4. Undefined where it is none (only the four-part form is one). */
export const ipAddressOf = (text: string): Address | undefined => {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const isAddress = bare.includes(':') ? ipaddr.IPv6.isValid(bare) : ipaddr.IPv4.isValidFourPartDecimal(bare);
  return isAddress ? ipaddr.process(bare) : undefined;
};

/** Reads `10.0.0.0/8` or `fd00::/8`, masked or not. Undefined where it is no network. */
export const ipNetworkOf = (text: string): IpNetwork | undefined =>
  ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;

/** Whether an address lies within one of the networks. */
export const liesWithin = (address: Address, networks: readonly IpNetwork[]): boolean =>
  networks.some(([network, bits]) => network.kind() === address.kind() && address.match([network, bits]));

/** Whether all of one network lies within another. */
export const isPartOf = ([address, bits]: IpNetwork, whole: IpNetwork): boolean =>
  bits >= whole[1] && liesWithin(address, [whole]);
