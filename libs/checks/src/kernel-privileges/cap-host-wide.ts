import { z } from 'zod';
import { capabilityName } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { eachContainer } from '../engine/containers.ts';
import { pass } from '../engine/verdict.ts';
import { Severity, severities } from '../engine/vocabulary.ts';
import {
  capabilityEvidence,
  capabilityParameters,
  causeOfHolding,
  failHolding,
  judgeCapabilities,
} from './held-capabilities.ts';

const Effect = z.strictObject({ severity: Severity, effect: z.string() });
type Effect = z.infer<typeof Effect>;

const capabilities: Readonly<Record<string, Effect>> = {
  SYS_TIME: {
    severity: 'medium',
    effect: 'changes the clock of the host, on which certificates, logs and tickets rest',
  },
  SYSLOG: { severity: 'medium', effect: 'reads and clears the log of the kernel, addresses included' },
  SYS_BOOT: { severity: 'high', effect: 'restarts the host, or starts another kernel' },
  MAC_ADMIN: { severity: 'high', effect: 'changes the policy of the security module' },
  MAC_OVERRIDE: { severity: 'high', effect: 'goes around the policy of the security module' },
  AUDIT_CONTROL: { severity: 'medium', effect: 'switches auditing off' },
  AUDIT_READ: { severity: 'low', effect: 'reads the audit stream' },
  CHECKPOINT_RESTORE: { severity: 'medium', effect: 'opens files that other processes have mapped' },
  LINUX_IMMUTABLE: { severity: 'low', effect: 'changes immutable flags of shared files' },
  SYS_RESOURCE: { severity: 'medium', effect: 'goes beyond quotas, reserved space and limits' },
  SYS_NICE: { severity: 'low', effect: 'takes processor time from others' },
  IPC_LOCK: { severity: 'low', effect: 'locks memory' },
  IPC_OWNER: { severity: 'low', effect: 'opens all shared memory of its namespace' },
  SYS_PACCT: { severity: 'low', effect: 'switches process accounting' },
  SYS_TTY_CONFIG: { severity: 'low', effect: 'acts on the terminals of the host when given one' },
  WAKE_ALARM: { severity: 'info', effect: 'wakes the host' },
  BLOCK_SUSPEND: { severity: 'info', effect: 'keeps the host awake' },
  LEASE: { severity: 'info', effect: 'delays the opening of files by others' },
  NET_BROADCAST: { severity: 'info', effect: 'is used by no kernel' },
};

const timekeeper = 'to set the clock is its task; a time service on the host is better';
const locksSecrets = 'IPC_LOCK keeps its memory out of swap';

export default defineCheck({
  id: 'cap-host-wide',
  theme: 'kernel-privileges',
  severity: 'medium',
  subject: 'container',
  title: 'Containers hold no other capability that acts on the whole host',
  rationale:
    'Clock, kernel log, reboot and the policy of AppArmor or SELinux exist once for the whole host. A container that may change them changes them for everybody.',
  remediation:
    'Create the container again without --cap-add for each that is not its task (compose: cap_add), or with --cap-drop ALL and the few it needs. There is no key for it in daemon.json.',
  decidedBy:
    'Any capability of the parameter’s table among those that HostConfig.CapAdd and CapDrop leave, by the worst of them. IPC_LOCK under a memory limit is info, IPC_OWNER in the IPC namespace of the host high. Two steps less inside a user namespace, one for a user other than root under no-new-privileges. container-capabilities reports the same rights, and is the cause.',
  needs: ['containers'],
  parameters: capabilityParameters({
    '*chrony*': timekeeper,
    '*ntp*': timekeeper,
    '*elasticsearch*': locksSecrets,
    '*vault*': locksSecrets,
  }).extend({ capabilities: z.record(z.string(), Effect).default({ ...capabilities }) }),
  sources: ['man 7 capabilities', 'moby/profiles seccomp/default_linux.go'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    const table = Object.entries(parameters.capabilities).map(
      ([name, effect]) => [capabilityName(name), effect] as const,
    );
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, (judged) =>
      judgeCapabilities(context, judged, (names) => {
        const { Memory, IpcMode } = judged.inspect.HostConfig ?? {};
        const held = table.flatMap(([name, { severity, effect }]) => {
          if (!names.has(name)) return [];
          if (name === 'IPC_LOCK' && Memory !== undefined && Memory > 0)
            return [{ name, severity: 'info' as const, effect: `${effect}, within its memory limit` }];
          if (name === 'IPC_OWNER' && IpcMode === 'host')
            return [{ name, severity: 'high' as const, effect: 'opens all shared memory of the host' }];
          return [{ name, severity, effect }];
        });
        if (held.length === 0)
          return pass('The container holds no capability that acts on the whole host', capabilityEvidence(judged));
        return failHolding(context, judged, {
          reason: `The container holds ${held.map(({ name, effect }) => `${name} (${effect})`).join(', ')}`,
          severity: severities.find((candidate) => held.some(({ severity }) => severity === candidate)) ?? 'info',
          explainedImages,
          causedBy: causeOfHolding(held.map(({ name }) => name)),
        });
      }),
    );
  },
});
