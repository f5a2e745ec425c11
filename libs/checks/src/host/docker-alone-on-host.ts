import { type HostFiles, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutHostFiles, notLookedAt } from '../engine/host-file-facts.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** What runs a host rather than something on it. */
const allowedUnits = words(`
  docker* containerd* ssh* getty* cron* atd* anacron* chrony* ntp* systemd-* rsyslog* syslog* auditd* audit-rules*
  apparmor* selinux* firewalld* ufw* nftables* iptables* ip6tables* netfilter-persistent* networking* NetworkManager*
  network* dbus* polkit* udev* lvm2* mdmonitor* mdadm* multipathd* iscsi* open-iscsi* fstrim* e2scrub*
  unattended-upgrades* apt-daily* dnf-* yum-cron* packagekit* snapd* cloud-* qemu-guest-agent* open-vm-tools*
  vmtoolsd* hv-* walinuxagent* waagent* google-* amazon-ssm-agent* fail2ban* crowdsec* node_exporter*
  prometheus-node-exporter* telegraf* zabbix-agent* datadog-agent* smartmontools* smartd* irqbalance* tuned* kdump*
  rngd* haveged* remote-fs* blk-availability* console-setup* keyboard-setup* dmesg* man-db* logrotate* sysstat*
  plymouth* ModemManager* accounts-daemon* thermald* uuidd* ua-* ubuntu-advantage* apport* grub-* secureboot-db*
  finalrd* pollinate* rc-local* nscd* sssd* rpcbind.target nfs-client* tailscaled* wg-quick*`);
/** What others can reach, or what has much of the host itself. */
const highRisk = words(`
  nginx* apache2* httpd* mysql* mariadb* postgresql* redis* mongod* smbd* nfs-server* vsftpd* postfix* dovecot* named*
  bind9* slapd* kubelet* k3s* libvirtd* jenkins* gitlab-runner* xrdp* cups* elasticsearch*`);

const matchesAny = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matchesPattern(name, pattern));
/** `S20nginx` of the older start scripts is nginx. */
const bareName = (unit: string): string => unit.replace(/^S\d\d/, '');

interface Wanted {
  readonly allowedUnits: readonly string[];
  readonly highRisk: readonly string[];
}

/** Listens on the loopback address alone on many distributions, which its unit does not show. */
const isMailer = (unit: string): boolean => unit.startsWith('postfix');

const judge = (facts: HostFiles, snapshot: HostSnapshot, wanted: Wanted): Judgement => {
  const units = facts.enabledUnits ?? [];
  const containers = valueOf(snapshot.containers) ?? [];
  const ofKubernetes = containers.filter(({ labels }) =>
    Object.keys(labels ?? {}).some((label) => label.startsWith('io.kubernetes')),
  );
  const onHostNetwork = containers.flatMap(({ name, inspect }) =>
    'value' in inspect && inspect.value.HostConfig?.NetworkMode === 'host' ? [name] : [],
  );
  const names = [...new Set(units.flatMap(({ unit }) => (unit === undefined ? [] : [bareName(unit)])))].toSorted();
  const others = names.filter((name) => !matchesAny(name, wanted.allowedUnits));
  const evidence: Evidence[] = [
    { source: 'enabled units', value: names },
    ...(onHostNetwork.length === 0 ? [] : [{ source: 'containers in the network of the host', value: onHostNetwork }]),
  ];
  const certain = others.filter((name) => !isMailer(name));
  if (certain.length > 0 || ofKubernetes.length > 0) {
    const risky = certain.some((name) => matchesAny(name, wanted.highRisk)) || ofKubernetes.length > 0;
    const named = [...certain, ...(ofKubernetes.length > 0 ? ["Kubernetes (its containers' labels)"] : [])];
    return fail(
      `Beside Docker the host is set up to run ${named.join(', ')}`,
      evidence,
      risky ? { severity: 'high' } : {},
    );
  }
  if (names.length === 0 || units.some(({ unit }) => unit === undefined))
    return notLookedAt('Which services start with the host');
  if (others.length > 0)
    return unknown(
      `${others.join(', ')} is enabled, and may listen for the host alone`,
      "A person's answer to: ss -ltnp | grep :25",
      evidence,
    );
  return valueOf(snapshot.containers) === undefined
    ? notLookedAt('Whether Kubernetes runs beside Docker', 'A scan that can read containers')
    : pass('Every enabled unit is one that runs Docker or the host', evidence);
};

export default defineCheck({
  id: 'docker-alone-on-host',
  theme: 'host',
  severity: 'medium',
  subject: 'host',
  title: 'Docker has its host to itself',
  rationale:
    'A web server, a database or a build agent beside Docker shares kernel, disk and accounts with every container: who breaks into one has a way to all the others.',
  remediation:
    'systemctl disable --now UNIT, or move Docker or the service to another machine. No option of docker run, compose or daemon.json does it.',
  decidedBy:
    'Names of the units that start with the host against allowedUnits, and labels of Kubernetes on containers. Enabled is not running, and units that others pull in do not show.',
  needs: ['hostFiles'],
  sources: ['https://docs.docker.com/engine/security/#docker-daemon-attack-surface', 'systemd.unit(5)'],
  parameters: z.strictObject({
    allowedUnits: z.array(z.string()).default(allowedUnits).describe('Units that may start, `*` for any text'),
    highRisk: z.array(z.string()).default(highRisk).describe('Units that weigh more, `*` for any text'),
  }),
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) => judge(facts, snapshot, parameters));
  },
});
