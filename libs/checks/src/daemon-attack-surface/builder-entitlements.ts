import { type ContainerEntry, type HostFiles, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { notConfiguredInSight, otherDaemonBehind } from '../engine/configured-option.ts';
import type { JudgingContext } from '../engine/context.ts';
import { onlyHostFilesTell } from '../engine/daemon.ts';
import { notLookedAt } from '../engine/host-file-facts.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';

const flag = '--allow-insecure-entitlement';

/** Whether a container's command lets builds ask for everything; undefined where it was not seen. */
const allowsInsecure = ({ inspect }: ContainerEntry): boolean | undefined => {
  const { Config, Args } = valueOf(inspect) ?? {};
  if (Args === undefined || Config?.Cmd === undefined) return undefined;
  const words = [...(Args ?? []), ...(Config.Cmd ?? [])];
  return words.some(
    (word, at) =>
      (word.startsWith(`${flag}=`) && word.includes('security.insecure')) ||
      (word === flag && words[at + 1]?.includes('security.insecure') === true),
  );
};

/** The value of a key in any case, as the daemon reads it. */
const keyIn = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name.toLowerCase() === key)?.[1]
    : undefined;

type Entitlement = 'security-insecure' | 'network-host';
/** What daemon.json says of an entitlement; `default` where it says nothing, undefined where it was not read. */
const entitlementOf = (facts: HostFiles | undefined, name: Entitlement): boolean | 'default' | undefined => {
  const { state, settings } = facts?.daemonConfig ?? {};
  if (state === 'absent') return 'default';
  if (state !== 'read' || settings === undefined) return undefined;
  const value = keyIn(keyIn(keyIn(settings, 'builder'), 'entitlements'), name);
  return value === undefined || value === null ? 'default' : value !== false;
};

const untold = 'Nothing in the API shows what builds on the daemon may ask for';

const judge = (snapshot: HostSnapshot, context: JudgingContext, flagNetworkHost: boolean): Judgement => {
  const containers = valueOf(snapshot.containers) ?? [];
  const allowing = containers.filter((container) => allowsInsecure(container) === true).map(({ name }) => name);
  if (allowing.length > 0)
    return fail(`Whoever may build with ${allowing.join(', ')} gets a privileged container`, [
      { source: `Config.Cmd ${flag} security.insecure`, value: allowing },
    ]);
  const facts = valueOf(snapshot.hostFiles);
  const otherDaemon = facts && otherDaemonBehind(facts, context);
  if (otherDaemon !== undefined) return notConfiguredInSight(untold, otherDaemon);
  const insecure = entitlementOf(facts, 'security-insecure');
  const source = 'daemon.json builder.Entitlements';
  if (insecure === true)
    return fail('Whoever may start a build on the daemon gets a privileged container: security-insecure is allowed', [
      { source: `${source}.security-insecure`, value: true },
    ]);
  const network = entitlementOf(facts, 'network-host');
  if (flagNetworkHost && (network === true || network === 'default'))
    return fail(
      "Builds on the daemon may use the host's network",
      [{ source: `${source}.network-host`, value: network }],
      { severity: 'low' },
    );
  if (facts === undefined) return onlyHostFilesTell(`${untold}; privileged ones are not allowed by default`);
  if (insecure === undefined || network === undefined) return notLookedAt("The daemon's configuration file");
  const unseen = containers.filter((container) => allowsInsecure(container) === undefined).map(({ name }) => name);
  if (unseen.length > 0)
    return notLookedAt(`The command of ${unseen.join(', ')}`, 'A scan that can inspect all containers');
  return pass('Builds on the daemon may not ask for full privileges', [
    { source: `${source}.security-insecure`, value: insecure },
  ]);
};

export default defineCheck({
  id: 'builder-entitlements',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'daemon',
  title: 'Builds on the daemon can not ask for full privileges',
  rationale:
    'A build step with the entitlement security.insecure runs privileged: whoever may start a build, or change a Dockerfile that is built, owns the host. That the client must ask for it stops nobody.',
  remediation:
    'Remove "security-insecure" from the daemon.json key "builder": {"Entitlements": {…}} and restart the daemon; make builders without --buildkitd-flags "--allow-insecure-entitlement security.insecure" (docker buildx create), or rootless ones. No option of docker run or compose does it.',
  decidedBy:
    'The key builder.Entitlements of daemon.json in any case, where security-insecure is off unless set, and the command of every container for the same entitlement. A builder that runs privileged is container-privileged.',
  needs: ['containers'],
  sources: [
    'https://docs.docker.com/reference/cli/docker/buildx/create/',
    'https://docs.docker.com/build/buildkit/toml-configuration/',
    'moby/moby daemon/config/builder.go',
  ],
  parameters: z.strictObject({
    flagNetworkHost: z.boolean().default(false).describe("Tell too that builds may use the host's network"),
  }),
  *evaluate({ snapshot, context, parameters: { flagNetworkHost } }) {
    yield {
      subject: daemonSubject,
      ...(context.isPodman === true
        ? notApplicable('Podman has no builder in a daemon')
        : judge(snapshot, context, flagNetworkHost)),
    };
  },
});
