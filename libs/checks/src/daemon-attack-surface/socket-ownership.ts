import type { HostFiles } from '@plimsoll/snapshot';
import { daemonOptionOf } from '../engine/daemon-flags.ts';
import { activatedSockets } from '../engine/host-places.ts';
import { unitOf, valueOfKey } from '../engine/systemd-units.ts';

/** An account and a group that a socket will be given, and by whom. */
export interface Ownership {
  readonly path: string;
  readonly user: string;
  readonly group: string;
  readonly source: string;
}

/** What systemd gives the sockets it makes: without SocketGroup that is root, not docker. */
const givenBySystemd = (facts: HostFiles): Ownership[] | undefined => {
  const unit = unitOf(facts, 'docker.socket');
  const paths = activatedSockets(facts);
  if (paths === undefined || unit === undefined) return undefined;
  if (unit === 'absent') return [];
  const user = valueOfKey(unit, 'Socket', 'SocketUser');
  const group = valueOfKey(unit, 'Socket', 'SocketGroup');
  if (user === undefined || group === undefined) return undefined;
  return paths.map((path) => ({ path, user: user || 'root', group: group || 'root', source: 'docker.socket' }));
};

/** What dockerd gives the sockets it makes: the group docker if there is one, else its own. */
const givenByDaemon = (facts: HostFiles, paths: readonly string[]): Ownership[] | undefined => {
  const option = daemonOptionOf(facts, { flags: ['--group', '-G'], key: 'group' });
  if (option.state === 'unseen') return undefined;
  const named = option.state === 'set' ? option.values.at(-1) : undefined;
  let group = named ?? 'docker';
  if (named === undefined) {
    if (facts.groups === undefined || facts.groups?.some(({ name }) => name === undefined)) return undefined;
    if (facts.groups?.some(({ name }) => name === 'docker') !== true) group = 'root';
  }
  return paths.map((path) => ({ path, user: 'root', group: group || 'root', source: 'dockerd --group' }));
};

/** Who each of the daemon's sockets is given to, inferred from what makes it; undefined where that was not seen. */
export const socketOwnershipsOf = (facts: HostFiles): readonly Ownership[] | undefined => {
  const hosts = daemonOptionOf(facts, { flags: ['--host', '-H'], key: 'hosts' });
  if (hosts.state === 'unseen') return undefined;
  const addresses = hosts.state === 'set' ? hosts.values : ['unix:///var/run/docker.sock'];
  const own = addresses.filter((address) => address.startsWith('unix://'));
  const systemd = addresses.some((address) => address.startsWith('fd://')) ? givenBySystemd(facts) : [];
  const daemon = own.length === 0 ? [] : givenByDaemon(facts, own);
  return systemd === undefined || daemon === undefined ? undefined : [...systemd, ...daemon];
};
