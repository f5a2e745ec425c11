import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen, securityOptionsEvidence, securityOptionsOf } from '../engine/daemon.ts';
import { kernelIsAtLeast } from '../engine/engine-version.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type AllowedCalls, allowedCalls } from './seccomp-calls.ts';
import { ownSeccompProfile, profileStrength } from './seccomp-profile.ts';

const dangerous =
  'mount umount2 move_mount open_tree fsopen fsmount fsconfig pivot_root unshare setns clone3 ptrace process_vm_readv process_vm_writev bpf perf_event_open init_module finit_module delete_module kexec_load kexec_file_load open_by_handle_at add_key keyctl request_key userfaultfd io_uring_setup io_uring_enter iopl ioperm quotactl reboot swapon syslog settimeofday clock_settime'.split(
    ' ',
  );

const Parameters = containerParameters.extend({ dangerousCalls: z.array(z.string()).default(dangerous) });

/** Since 4.8 a filter holds for traced processes, too, and the built-in profile lets these through. */
const tracing = new Set(['ptrace', 'process_vm_readv', 'process_vm_writev']);
/** Older built-in profiles let these through; a copy of one is no bad will. */
const onceAllowed = new Set(['io_uring_setup', 'io_uring_enter', 'socket', 'clone3']);

export default defineCheck({
  id: 'seccomp-custom-profile',
  theme: 'security-modules',
  severity: 'medium',
  subject: 'container',
  title: 'Seccomp profiles of containers refuse the calls that lead out',
  rationale:
    'A profile of its own is often the built-in one with holes: mount, bpf or keyctl let through for everybody is a way to the kernel that the built-in profile keeps shut.',
  remediation:
    'Start from the built-in profile of this engine\'s version and take calls away, or add single ones with a capability as condition: docker run --security-opt seccomp=profile.json … (compose: security_opt). Without any, the built-in one holds; in daemon.json leave "seccomp-profile" out.',
  decidedBy:
    'The JSON of the last seccomp entry in HostConfig.SecurityOpt: a call of dangerousCalls that it lets through without a capability, a kernel version or arguments as condition fails. Calls that only older built-in profiles let through weigh low. A profile that filters nothing follows from container-seccomp-profile.',
  needs: ['containers'],
  parameters: Parameters,
  sources: ['https://docs.docker.com/engine/security/seccomp/', 'moby/profiles seccomp/default_linux.go, default.json'],
  *evaluate({ snapshot, context, parameters }) {
    const read = new Map<string, AllowedCalls | 'not-readable'>();
    const callsOf = (text: string): AllowedCalls | 'not-readable' => {
      const calls = read.get(text) ?? allowedCalls(text) ?? 'not-readable';
      read.set(text, calls);
      return calls;
    };
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has no seccomp');
      return judgeProfile(inspect, context, parameters.dangerousCalls, callsOf);
    });
  },
});

const judgeProfile = (
  { HostConfig: hostConfig }: ContainerInspect,
  context: JudgingContext,
  dangerousCalls: readonly string[],
  callsOf: (text: string) => AllowedCalls | 'not-readable',
): Judgement => {
  if (hostConfig?.SecurityOpt === undefined) return fieldNotSeen('HostConfig.SecurityOpt');
  const own = ownSeccompProfile(hostConfig.SecurityOpt ?? []);
  if (hostConfig.Privileged === true) return notApplicable('The container is privileged: see container-privileged');
  if (own === 'unconfined') return notApplicable('The container asks for no profile: see container-seccomp-profile');
  if (own === undefined) return judgeDefault(context);
  if (own === 'builtin') return pass("The container has the engine's built-in profile", []);
  const evidence: Evidence[] = [{ source: 'HostConfig.SecurityOpt', value: `seccomp={…} (${own.length} characters)` }];
  const calls = callsOf(own);
  if (calls === 'not-readable')
    return unknown('The profile of the container is not readable as JSON', 'A look at the profile itself', evidence);
  if (calls.byDefault && profileStrength(own) === 'filters-nothing')
    return fail('The profile lets every call through', evidence, { causedBy: 'container-seccomp-profile' });
  const isNewKernel = kernelIsAtLeast(context, 4, 8);
  const traces = dangerousCalls.some((call) => tracing.has(call) && calls.allows(call));
  const open = [...dangerousCalls, 'socket'].filter(
    (call) => calls.allows(call) && (isNewKernel === false || !tracing.has(call)),
  );
  const grave = open.filter((call) => !onceAllowed.has(call));
  const all = [...evidence, { source: 'calls that are let through without a condition', value: open.toSorted() }];
  if (grave.length > 0)
    return fail(
      `The profile lets through ${grave.slice(0, 8).join(', ')}${grave.length > 8 ? ` and ${grave.length - 8} more` : ''}`,
      all,
    );
  if (open.length > 0)
    return fail(`The profile lets through what newer built-in ones refuse: ${open.join(', ')}`, all, {
      severity: 'low',
    });
  if (traces && isNewKernel === undefined) return infoNotSeen('info.KernelVersion');
  if (hostConfig.Privileged === undefined) return fieldNotSeen('HostConfig.Privileged');
  return pass('The profile refuses the calls that lead out of a container', evidence);
};

const judgeDefault = (context: JudgingContext): Judgement => {
  const options = context.info === undefined ? undefined : securityOptionsOf(context.info);
  if (context.info === undefined || options === undefined) return infoNotSeen('info.SecurityOptions');
  const evidence = securityOptionsEvidence(context.info);
  const daemon = options.find(({ name }) => name === 'seccomp');
  switch (daemon?.profile) {
    case 'builtin':
    case 'default':
      return pass("The container has the engine's built-in profile", evidence);
    case undefined:
    case 'unconfined':
      return notApplicable('The daemon gives no profile by default: see default-seccomp-profile', evidence);
    default:
      return unknown(
        `The daemon's default profile is ${daemon?.profile ?? ''}, whose content was not read`,
        'Switch on reading host files for this host',
        evidence,
      );
  }
};
