import { type HostFiles, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutHostFiles } from '../engine/host-file-facts.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';

/** Good values by key. Keys that rootless tools need open are not judged. */
const goodSysctls: Readonly<Record<string, number[]>> = {
  'kernel.unprivileged_bpf_disabled': [1, 2],
  'kernel.kptr_restrict': [1, 2],
  'kernel.dmesg_restrict': [1],
  'kernel.yama.ptrace_scope': [1, 2, 3],
  'kernel.perf_event_paranoid': [2, 3, 4],
  'kernel.kexec_load_disabled': [1],
  'kernel.sysrq': [0, 16, 176, 438],
  'net.core.bpf_jit_harden': [1, 2],
  'fs.protected_symlinks': [1],
  'fs.protected_hardlinks': [1],
  'fs.protected_fifos': [1, 2],
  'fs.protected_regular': [1, 2],
  'fs.suid_dumpable': [0, 2],
  'vm.unprivileged_userfaultfd': [0],
  'kernel.randomize_va_space': [2],
};
const goodOptions = [
  'CONFIG_STRICT_KERNEL_RWX=y',
  'CONFIG_RANDOMIZE_BASE=y',
  'CONFIG_STACKPROTECTOR_STRONG=y',
  'CONFIG_HARDENED_USERCOPY=y',
  'CONFIG_SLAB_FREELIST_RANDOM=y',
  'CONFIG_SECCOMP_FILTER=y',
  'CONFIG_SECURITY_YAMA=y',
];
const badWords = ['mitigations=off', 'nokaslr', 'nosmap', 'nosmep', 'apparmor=0', 'selinux=0', 'lsm='];

interface Wanted {
  readonly sysctls: Readonly<Record<string, readonly number[]>>;
  readonly kernelOptions: readonly string[];
  readonly kernelCommandLineBad: readonly string[];
}

const judge = (facts: HostFiles, kernel: string | undefined, wanted: Wanted): Judgement => {
  const { sysctls, kernelOptions, kernelCommandLine } = facts;
  const unset: string[] = [];
  const weak: string[] = [];
  for (const [key, good] of Object.entries(wanted.sysctls)) {
    const value = sysctls !== undefined && sysctls !== null && Object.hasOwn(sysctls, key) ? sysctls[key] : undefined;
    if (value === undefined) unset.push(key);
    else if (value.trim() === '' || !good.includes(Number(value))) weak.push(`${key}=${value}`);
  }
  for (const option of kernelOptions === undefined || kernelOptions === null ? [] : wanted.kernelOptions) {
    const [name = '', value] = option.split('=');
    const found =
      kernelOptions !== undefined && kernelOptions !== null && Object.hasOwn(kernelOptions, name)
        ? kernelOptions[name]
        : 'n';
    if (found !== value) weak.push(`${name}=${found}`);
  }
  const words = (kernelCommandLine ?? []).filter((word) => wanted.kernelCommandLineBad.includes(word));
  const hardened =
    /grsec|hardened/.test(kernel ?? '') ||
    ['CONFIG_GRKERNSEC', 'CONFIG_PAX'].some((name) => kernelOptions?.[name] === 'y');
  const evidence: Evidence[] = [
    ...(weak.length === 0 ? [] : [{ source: 'weaker than wished', value: weak }]),
    ...(words.length === 0 ? [] : [{ source: "kernel's command line", value: words }]),
    ...(hardened ? [{ source: 'a hardened kernel', value: kernel ?? true }] : []),
  ];
  if (words.length > 0 || weak.length > 0)
    return fail(
      `The kernel is configured with ${[...words, ...weak].join(', ')}`,
      evidence,
      words.length > 0 ? { severity: 'medium' } : {},
    );
  const unseen = [
    ...(kernelOptions === undefined || kernelOptions === null ? ['the options it was built with'] : []),
    ...(kernelCommandLine === undefined || kernelCommandLine === null ? ['its command line'] : []),
    ...unset,
  ];
  if (unseen.length > 0)
    return unknown(
      `Nothing weak was found, but no file of the host says what holds for ${unseen.join(', ')}`,
      "A person's answer to: sysctl -a; cat /proc/cmdline",
      evidence,
    );
  return pass('Every setting of the kernel that is asked for is configured as wished', evidence);
};

export default defineCheck({
  id: 'kernel-hardening',
  theme: 'security-modules',
  severity: 'low',
  subject: 'host',
  title: "The host's kernel is configured with the usual hardening",
  rationale:
    'All containers share one kernel, and its settings decide how far a flaw in it carries. Some of them are one line, and off by default for the sake of old software.',
  remediation:
    "Write the keys into a file below /etc/sysctl.d and run sysctl --system; drop the words from the kernel's command line (/etc/default/grub, then update-grub) and restart. No option of docker run, compose or daemon.json does it.",
  decidedBy:
    "What sysctl's files, the boot loader's file and the configuration of the running kernel say. A key that no file sets is left open, since the running value can not be read. It says what is configured, not what is active.",
  question: "Do the settings of this host's running kernel meet the hardening you ask for?",
  needs: ['hostFiles'],
  sources: [
    'https://docs.kernel.org/admin-guide/sysctl/kernel.html',
    'https://kspp.github.io/Recommended_Settings.html',
    'sysctl.d(5)',
  ],
  parameters: z.strictObject({
    sysctls: z
      .record(z.string(), z.array(z.number()))
      .default({ ...goodSysctls })
      .describe('Good values by key'),
    kernelOptions: z.array(z.string()).default(goodOptions).describe('Options that the kernel must be built with'),
    kernelCommandLineBad: z.array(z.string()).default(badWords).describe('Words that must not be handed to the kernel'),
  }),
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutHostFiles(context, valueOf(snapshot.hostFiles), (facts) =>
      judge(facts, context.info?.KernelVersion, parameters),
    );
  },
});
