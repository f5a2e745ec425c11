import type { SimulatedFiles } from './simulated-files.ts';

const unit = (...lines: string[]): string => `${lines.join('\n')}\n`;

/** A Debian host as packages leave it, with some things well kept and some not. No secret in it is anybody's. */
export const sampleHostFiles: SimulatedFiles = {
  '/boot': { kind: 'folder' },
  '/boot/config-6.1.0-26-amd64': {
    content:
      'CONFIG_STRICT_KERNEL_RWX=y\nCONFIG_RANDOMIZE_BASE=y\nCONFIG_STACKPROTECTOR_STRONG=y\nCONFIG_HARDENED_USERCOPY=y\nCONFIG_SLAB_FREELIST_RANDOM=y\nCONFIG_SECCOMP_FILTER=y\nCONFIG_SECURITY_YAMA=y\nCONFIG_USB=m\n',
  },
  '/etc/audit': { kind: 'folder', mode: 0o750 },
  '/etc/audit/audit.rules': { content: '-D\n-b 8192\n', mode: 0o640 },
  '/etc/audit/rules.d/docker.rules': {
    content: '# what changes Docker\n-w /usr/bin/dockerd -p wa -k docker\n-w /etc/docker -p wa -k docker\n',
    mode: 0o640,
  },
  '/etc/default/docker': { content: '# DOCKER_OPTS="--dns 192.0.2.53"\n' },
  '/etc/default/grub': { content: 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n' },
  '/etc/docker/daemon.json': {
    content: '{ "log-driver": "json-file", "log-opts": { "max-size": "10m" }, "live-restore": true }\n',
    mode: 0o664,
  },
  '/etc/docker/certs.d/registry.example:5000/ca.crt': { content: 'a certificate\n' },
  '/etc/docker/certs.d/registry.example:5000/client.key': { content: 'not a real key\n', mode: 0o640 },
  '/etc/fstab': {
    content:
      '# <what> <where> <type> <options>\nUUID=0b5c / ext4 errors=remount-ro 0 1\nUUID=77aa /boot ext4 defaults 0 2\n',
  },
  '/etc/group': { content: 'root:x:0:\ndocker:x:999:deploy\nwww-data:x:33:\n' },
  '/etc/nsswitch.conf': { content: 'passwd: files systemd\ngroup: files systemd\n' },
  '/etc/passwd': {
    content: 'root:x:0:0:root:/root:/bin/bash\ndeploy:x:1000:1000:,,,:/home/deploy:/bin/bash\n',
  },
  '/etc/sysctl.d/60-host.conf': { content: 'kernel.kptr_restrict = 1\nkernel.sysrq = 1\n' },
  '/etc/systemd/system/docker.service.d/proxy.conf': {
    content: unit('[Service]', 'Environment="HTTPS_PROXY=http://proxy.example:3128"'),
  },
  '/etc/systemd/system/multi-user.target.wants/docker.service': { linkTo: '/lib/systemd/system/docker.service' },
  '/etc/systemd/system/multi-user.target.wants/nginx.service': { linkTo: '/lib/systemd/system/nginx.service' },
  '/root': { kind: 'folder', mode: 0o700 },
  '/root/.docker/config.json': {
    content: '{ "auths": { "registry.example:5000": { "auth": "bm9ib2R5OmFueXRoaW5n" } } }\n',
    mode: 0o600,
  },
  '/run/containerd': { kind: 'folder', mode: 0o711 },
  '/run/containerd/containerd.sock': { kind: 'socket', mode: 0o660 },
  '/run/docker.sock': { kind: 'socket', mode: 0o660, gid: 999 },
  '/usr/bin/containerd': { content: '', mode: 0o755 },
  '/usr/bin/containerd-shim-runc-v2': { content: '', mode: 0o755 },
  '/usr/bin/dockerd': { content: '', mode: 0o755 },
  '/usr/bin/runc': { linkTo: '../sbin/runc' },
  '/usr/sbin/runc': { content: '', mode: 0o755 },
  '/usr/lib/sysctl.d/50-default.conf': { content: 'fs.protected_hardlinks = 1\nfs.protected_symlinks = 1\n' },
  '/usr/lib/systemd/system/containerd.service': {
    content: unit('[Service]', 'ExecStart=/usr/bin/containerd', '[Install]', 'WantedBy=multi-user.target'),
  },
  '/usr/lib/systemd/system/auditd.service': {
    content: unit('[Service]', 'ExecStart=/sbin/auditd', 'ExecStartPost=-/sbin/augenrules --load'),
  },
  '/usr/lib/systemd/system/docker.service': {
    content: unit(
      '[Service]',
      'EnvironmentFile=-/etc/default/docker',
      'ExecStart=/usr/bin/dockerd -H fd:// \\',
      '  --containerd=/run/containerd/containerd.sock $DOCKER_OPTS',
    ),
  },
  '/usr/lib/systemd/system/docker.socket': {
    content: unit(
      '[Socket]',
      'ListenStream=/run/docker.sock',
      'SocketMode=0660',
      'SocketUser=root',
      'SocketGroup=docker',
    ),
  },
  '/var/lib/docker': { kind: 'folder', mode: 0o710 },
};
