import type { HostPath } from '../engine/host-paths.ts';
import { cleanPath } from '../engine/paths.ts';
import type { Severity } from '../engine/vocabulary.ts';

/** Cluster administration and root's own keys. */
export const usualCriticalFolders = [
  '/root/.ssh',
  '/root/.kube',
  '/etc/kubernetes',
  '/var/lib/kubelet',
  '/etc/rancher',
  '/var/lib/rancher',
  '/root/.aws',
  '/root/.azure',
  '/root/.config/gcloud',
];
/** Keys and tokens of people and services. `*` stands for one component. */
export const usualHighFolders = [
  '/home/*/.ssh',
  '/home/*/.kube',
  '/home/*/.aws',
  '/home/*/.azure',
  '/home/*/.config/gcloud',
  '/home/*/.gnupg',
  '/root/.gnupg',
  '/home/*/.netrc',
  '/root/.netrc',
  '/home/*/.git-credentials',
  '/root/.git-credentials',
  '/home/*/.npmrc',
  '/home/*/.pypirc',
  '/home/*/.terraform.d',
  '/var/lib/cloud',
  '/etc/vault.d',
  '/etc/consul.d',
  '/etc/letsencrypt',
  '/etc/ssl/private',
  '/etc/pki/tls/private',
  '/run/secrets',
];

export interface CredentialFolder {
  /** As the list has it. */
  readonly folder: string;
  readonly components: readonly string[];
  readonly severity: Severity;
}

const componentsOf = (path: string): string[] => path.split('/').filter((component) => component !== '');

export const credentialFolders = (critical: readonly string[], high: readonly string[]): CredentialFolder[] => [
  ...critical.map((folder): CredentialFolder => ({
    folder,
    components: componentsOf(cleanPath(folder)),
    severity: 'critical',
  })),
  ...high.map((folder): CredentialFolder => ({
    folder,
    components: componentsOf(cleanPath(folder)),
    severity: 'high',
  })),
];

export interface CredentialMatch {
  readonly folder: string;
  readonly severity: Severity;
  /** False where a folder above it is mounted. */
  readonly itself: boolean;
}

/** The first folder of the list, worst first, that a mounted path is, lies in, or contains. */
export const credentialsIn = (
  { path }: HostPath,
  folders: readonly CredentialFolder[],
): CredentialMatch | undefined => {
  const own = componentsOf(path);
  for (const { folder, components, severity } of folders) {
    const shared = Math.min(own.length, components.length);
    let isRelated = true;
    for (let index = 0; index < shared && isRelated; index += 1)
      isRelated = components[index] === '*' || components[index] === own[index];
    if (isRelated) return { folder, severity, itself: own.length >= components.length };
  }
  return undefined;
};
