import ipaddr from 'ipaddr.js';

/**
 * What counts as one address: an IPv4 address, or the /64 network of an IPv6 one, since a single customer has that many
 * to try from. Text that is no address stands for itself.
 */
export const addressGroupOf = (address: string): string => {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
};
