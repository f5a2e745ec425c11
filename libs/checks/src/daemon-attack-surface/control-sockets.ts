import type { HostPath } from '../engine/host-paths.ts';
import type { JudgingContext } from '../engine/context.ts';
import { cleanPath, foldersAbove } from '../engine/paths.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';

/**
 * Sockets, and folders of such, by which programs of the host take orders. Those of Docker, containerd, Podman and CRI-O
 * are `container-docker-socket`'s.
 */
export const usualControlSockets: Readonly<Record<string, Severity>> = {
  '/run/containerd/containerd.sock.ttrpc': 'critical',
  '/run/buildkit/buildkitd.sock': 'critical',
  '/run/nri/nri.sock': 'critical',
  '/run/systemd/private': 'critical',
  '/run/dbus/system_bus_socket': 'high',
  '/run/libvirt/libvirt-sock': 'high',
  '/var/lib/lxd/unix.socket': 'high',
  '/var/snap/lxd/common/lxd/unix.socket': 'high',
  '/var/lib/incus/unix.socket': 'high',
  '/run/snapd.socket': 'high',
  '/run/docker/plugins': 'high',
  '/var/lib/kubelet/device-plugins': 'high',
  '/var/lib/kubelet/pod-resources': 'medium',
  '/run/udev/control': 'medium',
  '/run/systemd/journal': 'medium',
};

export interface ControlSockets {
  readonly weights: ReadonlyMap<string, Severity>;
  /** The worst socket below a folder. */
  readonly below: ReadonlyMap<string, { readonly socket: string; readonly severity: Severity }>;
}

/** Makes a table quick to ask; sockets that `/info` names (NRI) are added as critical. */
export const controlSocketsOf = (
  table: Readonly<Record<string, Severity>>,
  context: JudgingContext,
): ControlSockets => {
  const named = (context.info?.NRI?.Info ?? []).flat().filter((word) => word.startsWith('/') && word.endsWith('.sock'));
  const weights = new Map(
    [...Object.entries(table), ...named.map((path) => [path, 'critical'] as const)].map(
      ([path, severity]) => [cleanPath(path, context), severity] as const,
    ),
  );
  const below = new Map<string, { socket: string; severity: Severity }>();
  for (const [socket, severity] of weights)
    for (const folder of foldersAbove(socket)) {
      const known = below.get(folder);
      if (known === undefined || severities.indexOf(severity) < severities.indexOf(known.severity))
        below.set(folder, { socket, severity });
    }
  return { weights, below };
};

export interface ControlSocket {
  readonly socket: string;
  readonly severity: Severity;
  /** False where a folder above it is mounted. */
  readonly itself: boolean;
}

/** The socket that a mounted path is, lies in the folder of, or has below it. */
export const controlSocketIn = ({ path }: HostPath, { weights, below }: ControlSockets): ControlSocket | undefined => {
  const own = [path, ...foldersAbove(path)].find((candidate) => weights.has(candidate));
  const severity = own === undefined ? undefined : weights.get(own);
  if (own !== undefined && severity !== undefined) return { socket: own, severity, itself: true };
  const inside = below.get(path);
  return inside === undefined ? undefined : { ...inside, itself: false };
};
