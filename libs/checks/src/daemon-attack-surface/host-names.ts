import { ipAddressOf } from '../engine/ip-networks.ts';

/**
 * Whether a certificate's alternative names (`DNS:host.example`, `IP:10.0.0.5`) hold the name or address a client
 * asks for. An address needs an entry of its own type, and the common name does not count.
 * @see RFC 9525, RFC 6125 6.4.3
 */
export const namesHost = (names: readonly string[], host: string): boolean => {
  const address = ipAddressOf(host);
  if (address !== undefined)
    return names.some((name) => {
      const own = /^IP(?: Address)?:(.*)$/.exec(name)?.[1];
      return own !== undefined && ipAddressOf(own)?.toString() === address.toString();
    });
  const wanted = comparable(host);
  return names.some((name) => {
    if (!name.startsWith('DNS:')) return false;
    const own = comparable(name.slice('DNS:'.length));
    if (!own.startsWith('*.')) return own === wanted;
    // A star stands for one label and no more.
    const dot = wanted.indexOf('.');
    return dot > 0 && wanted.slice(dot) === own.slice(1);
  });
};

const comparable = (name: string): string => name.toLowerCase().replace(/\.$/, '');
