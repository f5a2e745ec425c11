import { type HostFiles, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutHostFiles, notLookedAt } from '../engine/host-file-facts.ts';
import { judgeModes, judgeOwners, modeParameter } from '../engine/host-permissions.ts';
import { notApplicable } from '../engine/verdict.ts';

const commonOf = (number: string) => ({
  theme: 'registry-and-accounts' as const,
  severity: 'medium' as const,
  subject: 'host' as const,
  cis: { '1.6.0': number, '1.7.0': number, '1.8.0': number },
  cisLevel: 1 as const,
  needs: ['hostFiles'] as const,
  sources: [`CIS Docker Benchmark 1.6.0, ${number}`, 'https://docs.docker.com/engine/security/certificates/'],
});

const thing = {
  what: 'The certificates and keys for registries',
  absent: 'The host keeps no certificates for registries',
};

/** Each file's folder, up to and with certs.d. */
const foldersOf = (files: readonly string[]): string[] => {
  const folders = new Set<string>();
  for (const file of files)
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const folder = file.slice(0, end);
      folders.add(folder);
      if (folder.endsWith('/certs.d')) break;
    }
  return [...folders].filter((folder) => folder.includes('/certs.d'));
};

/** What lies below certs.d; a judgement where nothing does. */
const filesOf = (facts: HostFiles): readonly string[] | ReturnType<typeof notApplicable> => {
  if (facts.registryCertificates === undefined) return notLookedAt('The folder of the registries (certs.d)');
  const files = facts.registryCertificates ?? [];
  return files.length === 0 ? notApplicable(thing.absent) : files;
};
const isList = (files: ReturnType<typeof filesOf>): files is readonly string[] => Array.isArray(files);

export default [
  defineCheck({
    ...commonOf('3.7'),
    id: 'registry-certificates-owner',
    title: 'Certificates and keys for registries belong to root',
    rationale:
      "Whoever may write them can pose as a registry and have the daemon pull images of their own; whoever owns a client's key can push in this host's name.",
    remediation: 'chown -R root:root /etc/docker/certs.d. No option of docker run, compose or daemon.json does it.',
    decidedBy:
      'Every file below certs.d, links followed, and the folders that hold them: user and group 0. Keys are judged by this alone and never read.',
    parameters: z.strictObject({
      includeKeys: z.boolean().default(true).describe('Judge client keys (.key) too'),
    }),
    *evaluate({ snapshot, context, parameters: { includeKeys } }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const files = filesOf(facts);
        if (!isList(files)) return files;
        const judged = files.filter((file) => includeKeys || !file.endsWith('.key'));
        const rootless = { isRootless: context.isRootless, isOwn: true };
        return judgeOwners(facts, thing, [...judged, ...foldersOf(judged)], rootless);
      });
    },
  }),
  defineCheck({
    ...commonOf('3.8'),
    id: 'registry-certificates-mode',
    title: 'Nobody may change the certificates for registries, nor read their keys',
    rationale:
      'A certificate that others may write lets them pose as the registry; a key that others may read lets them push and pull as this host.',
    remediation:
      'chmod 0444 /etc/docker/certs.d/*/*.crt /etc/docker/certs.d/*/*.cert; chmod 0400 /etc/docker/certs.d/*/*.key. No option of docker run, compose or daemon.json does it.',
    decidedBy:
      'Every file below certs.d, links followed: no permission bit outside keyMaxMode for .key files, outside maxMode for others. Bits are compared, not numbers: 0426 is wider than 0444.',
    parameters: z.strictObject({
      maxMode: modeParameter('0444'),
      keyMaxMode: modeParameter('0400'),
      tolerateOwnerWrite: z
        .boolean()
        .default(false)
        .describe('Tell it as a remark where the owner may write and nothing else is wrong'),
    }),
    *evaluate({ snapshot, context, parameters: { maxMode, keyMaxMode, tolerateOwnerWrite } }) {
      yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
        const files = filesOf(facts);
        if (!isList(files)) return files;
        return judgeModes(facts, thing, files, {
          maxMode: (path) => (path.endsWith('.key') ? keyMaxMode : maxMode),
          tolerateOwnerWrite,
        });
      });
    },
  }),
];
