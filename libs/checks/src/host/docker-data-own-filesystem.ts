import { type EngineInfo, type HostFiles, type HostMount, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutHostFiles, lookAt, notLookedAt } from '../engine/host-file-facts.ts';
import { dataFolder } from '../engine/host-places.ts';
import { cleanPath, isWithin } from '../engine/paths.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';

const snapshotter = 'io.containerd.snapshotter.v1';
const findmnt = (folder: string): string => `A person's answer to: findmnt -T ${folder}`;

type SeenMount = Required<{ [Key in keyof HostMount]: NonNullable<HostMount[Key]> }>;
const isSeen = (mount: HostMount): mount is SeenMount =>
  mount.where !== undefined && mount.type !== undefined && mount.source !== undefined && Array.isArray(mount.options);

/** File systems by the names that `/info` gives their kernel magic. */
const sameFilesystem = (backing: string, type: string): boolean =>
  backing === type || (backing === 'extfs' && /^ext[234]$/.test(type)) || type === 'auto';

/** The mount that holds a folder; a bind mount is followed to where its content lies. */
const holderOf = (
  mounts: readonly SeenMount[],
  folder: string,
  hops = 5,
): { mount: SeenMount; path: string } | undefined => {
  const holder = mounts
    .filter(({ where, options }) => where.startsWith('/') && isWithin(folder, where) && !options.includes('noauto'))
    .toSorted((left, right) => right.where.length - left.where.length)[0];
  if (holder === undefined) return undefined;
  const isBind = holder.options.includes('bind') || holder.options.includes('rbind');
  if (!isBind || hops === 0) return { mount: holder, path: folder };
  const behind = cleanPath(holder.source + folder.slice(holder.where === '/' ? 0 : holder.where.length));
  return holderOf(
    mounts.filter((mount) => mount !== holder),
    behind,
    hops - 1,
  );
};

const judgeFolder = (
  facts: HostFiles,
  folder: string,
  backing: string | undefined,
  acceptParentMount: boolean,
): Judgement => {
  const looked = lookAt(facts, folder);
  if (looked.state !== 'found') return notLookedAt(`The folder ${folder}`, findmnt(folder));
  const mounts = facts.mounts ?? [];
  if (facts.mounts === undefined || !mounts.every(isSeen)) return notLookedAt('What the host mounts', findmnt(folder));
  const holder = holderOf(mounts, cleanPath(looked.path));
  const evidence: Evidence[] = [
    { source: 'data folder', value: looked.path },
    { source: 'mounts', value: mounts.map(({ where, type }) => `${where} (${type})`) },
  ];
  if (holder === undefined)
    return unknown(`No entry of fstab and no mount unit says what holds ${looked.path}`, findmnt(folder), evidence);
  const { mount, path } = holder;
  if (mount.where === path) return pass(`${looked.path} is a file system of its own`, evidence);
  if (acceptParentMount && mount.where !== '/')
    return pass(`${looked.path} lies on the file system of ${mount.where}, apart from the system's`, evidence);
  const possible = mounts.filter(({ where }) => where.startsWith('/') && isWithin(path, where));
  if (backing !== undefined && !possible.some(({ type }) => sameFilesystem(backing, type)))
    return pass(`${looked.path} lies on ${backing}, which no entry of fstab that could hold it is`, evidence);
  return fail(`${looked.path} shares the file system of ${mount.where}`, evidence);
};

/** With containerd's image store, layers lie in containerd's folder. Undefined: not seen. */
const containerdRoot = (facts: HostFiles, info: EngineInfo | undefined): string | 'unused' | undefined => {
  const status = info?.DriverStatus;
  if (status === undefined) return undefined;
  if (status?.some(([key, value]) => key === 'driver-type' && value === snapshotter) !== true) return 'unused';
  const { state, root } = facts.containerdConfig ?? {};
  if (state === 'absent') return '/var/lib/containerd';
  return state === 'read' ? root : undefined;
};

export default defineCheck({
  id: 'docker-data-own-filesystem',
  theme: 'host',
  severity: 'low',
  subject: 'host',
  cis: { '1.6.0': '1.1.1', '1.7.0': '1.1.1', '1.8.0': '1.1.1' },
  cisLevel: 1,
  title: "The daemon's data has a file system of its own",
  rationale:
    'Images, logs and volumes grow without end. On the file system of the host they fill it up, and then logins, logs and updates of the host fail too.',
  remediation:
    'Mount a volume at /var/lib/docker (and at /var/lib/containerd where the engine uses its image store) with a line in /etc/fstab, or move the data with the daemon.json key "data-root" and restart the daemon. No option of docker run or compose does it.',
  decidedBy:
    "info.DockerRootDir (with remapped users the folder above it), and containerd's root where it keeps the images, against the mount points of /etc/fstab and the mount units: the nearest one above must be the folder itself. Links and bind mounts are followed. What is mounted now can not be read, so a file system of another type than all entries counts as mounted by something else.",
  question: "Does Docker's data folder lie on a file system of its own?",
  needs: ['hostFiles'],
  sources: [
    'CIS Docker Benchmark 1.6.0, 1.1.1',
    'https://docs.docker.com/engine/daemon/#daemon-data-directory',
    'fstab(5)',
  ],
  parameters: z.strictObject({
    includeContainerdRoot: z
      .boolean()
      .default(true)
      .describe('Judge the folder of containerd too where it keeps images'),
    acceptParentMount: z.boolean().default(false).describe('Any file system but that of / is enough'),
  }),
  *evaluate({ snapshot, context, parameters: { includeContainerdRoot, acceptParentMount } }) {
    yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => {
      const folder = dataFolder({ facts, context, snapshot });
      if (folder === undefined) return notLookedAt("The daemon's data folder");
      const backing = context.info?.DriverStatus?.find(([key]) => key === 'Backing Filesystem')?.[1];
      const own = judgeFolder(facts, folder, backing, acceptParentMount);
      if (!includeContainerdRoot || own.outcome !== 'pass') return own;
      const root = containerdRoot(facts, context.info);
      if (root === 'unused') return own;
      if (root === undefined) return notLookedAt("containerd's folder, where images may lie");
      return judgeFolder(facts, root, undefined, acceptParentMount);
    });
  },
});
