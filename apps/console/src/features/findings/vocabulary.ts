import type { Severity, Theme } from '../../api/generated/types.gen.ts';

/** Worst first. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

const themeLabels: Record<Theme, string> = {
  namespaces: 'Namespaces',
  'control-groups': 'Control groups',
  'daemon-attack-surface': "The daemon's attack surface",
  'unprivileged-processes': 'Unprivileged processes',
  'security-modules': 'Security modules',
  'kernel-privileges': 'Kernel privileges',
  'registry-and-accounts': 'Registry and accounts',
  images: 'Images',
  host: 'Host',
  orchestration: 'Orchestration',
  'logging-and-operations': 'Logging and operations',
};
export const themes = Object.entries(themeLabels).map(([value, label]) => ({ value, label }));
export const themeLabel = (theme: Theme): string => themeLabels[theme];
