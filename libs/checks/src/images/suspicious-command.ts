import type { ContainerEntry, ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf } from '../engine/host-paths.ts';
import { hasImageLike } from '../engine/image-names.ts';
import { isMeantBy } from '../engine/name-patterns.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';

/** What somebody runs who found the API open. Every repetition is bounded: the text is the host's. */
const marks: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'changes into a mounted root folder', pattern: /\bchroot\s{1,20}\/(?:mnt|host|hostfs|rootfs)/ },
  { what: 'enters the namespaces of process 1', pattern: /\bnsenter\b.{0,300}?(?:-t|--target)[= ]?1\b/ },
  { what: 'pipes a download into a shell', pattern: /\b(?:curl|wget)\b[^|;&]{0,500}\|\s{0,20}(?:ba|da|z)?sh\b/ },
  { what: 'decodes a script and runs it', pattern: /\bbase64\s{1,20}(?:-d|--decode)[^|]{0,500}\|\s{0,20}(?:ba)?sh\b/ },
  { what: 'writes jobs or libraries that the host loads', pattern: /\/etc\/(?:cron|crontab|ld\.so\.preload)/ },
  { what: 'touches login keys', pattern: /authorized_keys/ },
  {
    what: 'mines',
    pattern: /\b(?:xmrig|kinsing|kdevtmpfsi|minerd)\b|stratum\+(?:tcp|ssl):\/\/|--donate-level/,
  },
  { what: 'opens a shell over the network', pattern: /\/dev\/tcp\/\d|\bmkfifo\b.{0,300}?\bnc\b/ },
  { what: 'reaches for a way out through the kernel', pattern: /release_agent|core_pattern/ },
];
/** A cheap look that nearly every command fails. */
const anyMark =
  /chroot|nsenter|curl|wget|base64|\/etc\/|authorized_keys|xmrig|kinsing|kdevtmpfsi|minerd|stratum|donate-level|\/dev\/tcp|mkfifo|release_agent|core_pattern/;
const longestCommand = 16_384;

const Parameters = containerParameters.extend({
  /** Patterns of containers, services or images whose tools look like this on purpose. */
  knownTools: z.array(z.string()).default([]),
  /** Patterns of images that nobody should run. */
  knownBad: z.array(z.string()).default([]),
});

export default defineCheck({
  id: 'suspicious-command',
  theme: 'images',
  severity: 'critical',
  subject: 'container',
  title: 'No container was started with a command that attacks the host',
  rationale:
    'Who finds an engine open to the network starts a container with the disk of the host inside and changes into it, or a miner. The command line of that container is what stays to be seen.',
  remediation:
    'Treat the host as taken: save docker export NAME and docker logs NAME, docker stop NAME, close the API (see remote-api-mutual-tls), and set the host up anew. If it is a tool of your own, name it in the parameter knownTools.',
  decidedBy:
    'Config.Entrypoint, Cmd and Healthcheck.Test, joined, against marks of such commands, and the image against knownBad. Critical where the container is privileged, sees processes of the host or mounts its root folder, else high.',
  needs: ['containers'],
  parameters: Parameters,
  sources: ['https://attack.mitre.org/techniques/T1610/', 'https://attack.mitre.org/techniques/T1611/'],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, ({ container, inspect }) =>
      judgeCommand(container, inspect, context, parameters),
    );
  },
});

const judgeCommand = (
  container: ContainerEntry,
  inspect: ContainerInspect,
  context: JudgingContext,
  { knownTools, knownBad }: z.infer<typeof Parameters>,
): Judgement => {
  if (isMeantBy(knownTools, container)) return notApplicable('Policy knows this tool');
  const { Entrypoint: entrypoint, Cmd: command, Healthcheck: healthCheck } = inspect.Config ?? {};
  const text = joined([...(entrypoint ?? []), ...(command ?? []), ...(healthCheck?.Test ?? [])]);
  const found = anyMark.test(text) ? marks.filter(({ pattern }) => pattern.test(text)) : [];
  const isBad = hasImageLike(container, knownBad);
  if (found.length > 0 || isBad) {
    const evidence: Evidence[] = [
      ...found.map(({ what, pattern }) => ({ source: what, value: pattern.exec(text)?.[0].slice(0, 200) ?? '' })),
      ...(isBad ? [{ source: 'Config.Image', value: inspect.Config?.Image ?? container.image ?? '' }] : []),
    ];
    return fail(
      found.length > 0
        ? `The command of the container ${found.map(({ what }) => what).join(', and ')}`
        : 'The image of the container is one that nobody should run',
      evidence,
      { severity: isPowerful(inspect, context) ? 'critical' : 'high' },
    );
  }
  if (entrypoint === undefined || command === undefined) return fieldNotSeen('Config.Entrypoint or Config.Cmd');
  if (healthCheck && healthCheck.Test === undefined) return fieldNotSeen('Config.Healthcheck.Test');
  return pass('Nothing in the command of the container looks like an attack on the host', []);
};

const joined = (words: readonly string[]): string => {
  let text = '';
  for (const word of words) {
    if (text.length >= longestCommand) break;
    text += ` ${word.slice(0, longestCommand)}`;
  }
  return text.slice(0, longestCommand);
};

const isPowerful = (inspect: ContainerInspect, context: JudgingContext): boolean =>
  inspect.HostConfig?.Privileged === true ||
  inspect.HostConfig?.PidMode === 'host' ||
  hostPathsOf(inspect, context)?.paths.some(({ path }) => path === '/') === true;
