import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Stands in every planted key, login and password: it must be nowhere afterwards. */
export const plantedSecret = 'rX7pQ2vZ9kLm4TsB8nWc';

interface PlantedFile {
  readonly path: string;
  readonly content?: string;
  readonly linkTo?: string;
  readonly mode?: number;
  readonly uid?: number;
}

const override = `[Service]
# taken instead of the package's
ExecStart=
ExecStart=/usr/sbin/dockerd --host=unix:///run/docker.sock --tlsverify \\
  --tlscacert=/etc/docker/ca.pem --tlscert=/etc/docker/cert.pem --tlskey=/etc/docker/key.pem
Environment="HTTPS_PROXY=http://scanner:${plantedSecret}@proxy.example:3128"
`;

const clientConfig = {
  auths: { 'registry.example': { auth: Buffer.from(`pusher:${plantedSecret}`).toString('base64') } },
  proxies: { default: { httpProxy: `http://me:${plantedSecret}@proxy.example` } },
};

/** Lies over the machine's own /etc and /root, as the daemon of a test sees them. */
export const plantedFiles: readonly PlantedFile[] = [
  { path: 'etc/docker/daemon.json', content: '{ "log-level": "info", "live-restore": true }', mode: 0o664 },
  { path: 'etc/docker/ca.pem', content: 'certificate', mode: 0o444 },
  { path: 'etc/docker/cert.pem', content: 'certificate', mode: 0o644, uid: 1000 },
  { path: 'etc/docker/key.pem', content: `key ${plantedSecret}`, mode: 0o640, uid: 1000 },
  { path: 'etc/docker/certs.d/registry.example/client.key', content: `key ${plantedSecret}`, mode: 0o600 },
  { path: 'etc/docker/certs.d/registry.example/ca.crt', linkTo: '../../ca.pem' },
  { path: 'etc/systemd/system/docker.service.d/override.conf', content: override, mode: 0o666 },
  { path: 'etc/systemd/system/multi-user.target.wants/nginx.service', linkTo: '/usr/lib/systemd/system/nginx.service' },
  { path: 'etc/audit/rules.d/docker.rules', content: '# ours\n-w /usr/sbin/dockerd -p wa -k docker\n', mode: 0o640 },
  { path: 'etc/audit/audit.rules', content: '-D\n', mode: 0o640 },
  { path: 'etc/systemd/system/auditd.service', content: '[Service]\nExecStartPost=-/sbin/augenrules --load\n' },
  { path: 'etc/fstab', content: `UUID=1 / ext4 defaults 0 1\n//nas/share /srv cifs password=${plantedSecret} 0 0\n` },
  { path: 'etc/shadow', content: `root:${plantedSecret}:19000::::::\n`, mode: 0o640 },
  { path: 'etc/sysctl.d/60-test.conf', content: 'kernel.sysrq = 1\n' },
  { path: 'etc/default/grub', content: 'GRUB_CMDLINE_LINUX="mitigations=off"\n' },
  { path: 'root/.docker/config.json', content: JSON.stringify(clientConfig), mode: 0o600 },
  { path: 'root/.docker/contexts/meta/ab12/meta.json', content: '{"Endpoints":{"docker":{"Host":"tcp://prod:2376"}}}' },
  { path: 'root/.docker/contexts/tls/ab12/docker/key.pem', content: `key ${plantedSecret}`, mode: 0o600 },
];

export const plantFiles = async (folder: string): Promise<void> => {
  for (const { path, content = '', linkTo, mode = 0o644, uid = 0 } of plantedFiles) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    if (linkTo === undefined) {
      await writeFile(target, content);
      await chmod(target, mode);
      await chown(target, uid, 0);
    } else await symlink(linkTo, target);
  }
};
