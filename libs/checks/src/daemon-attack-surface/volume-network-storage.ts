import { type EngineVolume, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { mountOptionsOf } from '../engine/host-paths.ts';
import { type IpNetwork, ipAddressOf, ipNetworkOf, liesWithin } from '../engine/ip-networks.ts';
import { volumeSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import type { Severity } from '../engine/vocabulary.ts';

const Parameters = z.strictObject({
  /** Networks of storage alone, e.g. `10.9.0.0/24`: there the finding is info. */
  trustedStorageNetworks: z.array(z.string()).default([]),
  allowNfsV3: z.boolean().default(false),
});

const kerberos = new Set(['krb5', 'krb5i', 'krb5p']);
const secretWords = new Set(['password', 'pass', 'password2', 'credentials', 'cred']);

/** The words of `o` as name and value; a word without `=` has the value ''. */
const readWords = (options: EngineVolume['Options']): ReadonlyMap<string, string> =>
  new Map(
    mountOptionsOf(options).map((word) => {
      const at = word.indexOf('=');
      return at < 0 ? [word.trim(), ''] : [word.slice(0, at).trim(), word.slice(at + 1)];
    }),
  );

interface Fault {
  readonly what: string;
  readonly severity: Severity;
}

const faultsOfNfs = (words: ReadonlyMap<string, string>, allowNfsV3: boolean): Fault[] => {
  const version = words.get('nfsvers') ?? words.get('vers') ?? '';
  const faults: Fault[] = [];
  if (!kerberos.has(words.get('sec') ?? ''))
    faults.push({
      what: 'whoever speaks from its address range may act as any user (no sec=krb5…)',
      severity: 'medium',
    });
  if (words.has('nolock')) faults.push({ what: 'files are not locked (nolock)', severity: 'medium' });
  if (/^[23](?:\.|$)/.test(version) && !allowNfsV3)
    faults.push({
      what: `version ${version} of the protocol knows no strong authentication of its own`,
      severity: 'medium',
    });
  return faults;
};

const faultsOfCifs = (words: ReadonlyMap<string, string>): Fault[] => {
  const faults: Fault[] = [];
  if (
    [...words].some(([name, value]) => (name === 'password' || name === 'pass' || name === 'password2') && value !== '')
  )
    faults.push({ what: 'its password stands in the options, for everyone who may read the API', severity: 'high' });
  if (words.has('guest') || words.get('sec') === 'none')
    faults.push({ what: 'it is mounted without any authentication (guest)', severity: 'medium' });
  return faults;
};

/** The words without what may be a secret, or the path of one. */
const shownWords = (words: ReadonlyMap<string, string>): string[] =>
  [...words].map(([name, value]) => (value === '' ? name : `${name}=${secretWords.has(name) ? '…' : value}`));

const judgeVolume = (
  { Driver, Options, Name = '' }: EngineVolume,
  trusted: readonly IpNetwork[],
  allowNfsV3: boolean,
): Judgement => {
  if (Options === undefined || Driver === undefined)
    return unknown('The driver or the options of the volume were not seen', 'An engine that reports both');
  if (Options === null || Object.keys(Options).length === 0) return notApplicable('The volume has no options');
  if (Driver !== 'local')
    return unknown(`The options of the driver ${Driver} are free text`, 'The documentation of the driver');
  const type = Options['type']?.toLowerCase() ?? '';
  const isCifs = type === 'cifs' || type === 'smb3';
  if (!isCifs && type !== 'nfs' && type !== 'nfs4') return notApplicable('The volume is on no network storage');
  const words = readWords(Options);
  const evidence: Evidence[] = [
    { source: `volumes[${JSON.stringify(Name)}].Options.type`, value: type },
    { source: `volumes[${JSON.stringify(Name)}].Options.o`, value: shownWords(words) },
  ];
  const faults = isCifs ? faultsOfCifs(words) : faultsOfNfs(words, allowNfsV3);
  if (faults.length > 0) {
    const address = ipAddressOf(words.get('addr') ?? words.get('ip') ?? '');
    const isTrusted = address !== undefined && liesWithin(address, trusted);
    const isHigh = faults.some(({ severity }) => severity === 'high');
    return fail(
      `Of this ${type} volume, ${faults.map(({ what }) => what).join('; ')}${isTrusted ? ' (on a network of storage alone)' : ''}`,
      evidence,
      // A network of its own does not keep a password from those who read the API.
      { severity: isHigh ? 'high' : isTrusted ? 'info' : 'medium' },
    );
  }
  if (!isCifs) return pass('The volume authenticates by Kerberos', evidence);
  if (words.has('credentials') || words.has('cred'))
    return pass('The volume authenticates with a password in a file of the host', evidence);
  return kerberos.has(words.get('sec') ?? '')
    ? pass('The volume authenticates by Kerberos', evidence)
    : unknown('How the volume authenticates is not in its options', 'A look at the host', evidence);
};

export default defineCheck({
  id: 'volume-network-storage',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'volume',
  title: 'Network volumes authenticate and carry no password in their options',
  rationale:
    'NFS without Kerberos believes what the other side says of itself: a container that reaches the server from the host’s address reads and writes as anyone. A password among the options of a volume is shown to everyone who may list volumes.',
  remediation:
    'Make the volume anew: docker volume create -o type=nfs4 -o o=addr=storage.example,sec=krb5p -o device=:/data NAME, or for cifs -o o=credentials=/etc/cifs/data (compose: volumes: driver_opts). Put storage on a network of its own, and list it in the parameter trustedStorageNetworks. There is no key for it in daemon.json.',
  decidedBy:
    'Volumes[].Options of the local driver with type nfs, nfs4, cifs or smb3: passwords in o (high), sec, nolock and version. An address (addr) in trustedStorageNetworks makes it info. A name there is not resolved.',
  needs: ['volumes'],
  parameters: Parameters,
  sources: ['https://docs.docker.com/reference/cli/docker/volume/create/', 'man 5 nfs', 'man 8 mount.cifs'],
  *evaluate({ snapshot, context, parameters }) {
    const trusted = parameters.trustedStorageNetworks.map(ipNetworkOf).filter((network) => network !== undefined);
    for (const volume of valueOf(snapshot.volumes) ?? [])
      yield {
        subject: volumeSubject(volume),
        ...(context.isWindows === true
          ? notApplicable('Volumes of Windows engines have no such options')
          : judgeVolume(volume, trusted, parameters.allowNfsV3)),
      };
  },
});
