import { type ContainerEntry, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { lowered } from '../engine/vocabulary.ts';
import { type JudgedImage, eachImage, imageParameters } from '../images/images-in-use.ts';
import { namedUserOf } from '../images/users.ts';

export default defineCheck({
  id: 'image-user-not-root',
  theme: 'unprivileged-processes',
  severity: 'medium',
  subject: 'image',
  cis: { '1.6.0': '4.1', '1.7.0': '4.1', '1.8.0': '4.1' },
  cisLevel: 1,
  title: 'Images run as a user other than root',
  rationale:
    'Root in a container owns every file in it, may use its capabilities, and is root of the host wherever it gets out. A service hardly ever needs that.',
  remediation:
    'Make a user in the Dockerfile and end it with USER 10001:10001 (a number, so that others can verify it); hand over files with COPY --chown. Until then: docker run --user 10001:10001 (compose: user).',
  decidedBy:
    'The user part of Config.User: empty, 0 in any spelling or root fails. Another name passes by its name, unless strictNames asks for more; an image whose containers all set such a user passes too. One step less severe where users are remapped.',
  needs: ['images'],
  parameters: imageParameters.extend({
    /** Passes an image whose containers all run as another user by their own setting. */
    acceptRuntimeUser: z.boolean().default(true),
    /** A name counts only once it is known to be no alias of root. */
    strictNames: z.boolean().default(false),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.1',
    'aquasecurity/trivy-checks checks/docker/root_user.rego',
    'moby/moby api/docs/CHANGELOG.md (v1.52)',
    'docker/docker-bench-security issues 358, 437',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachImage(snapshot, parameters.scope, (judged) => judgeUser(judged, context, parameters));
  },
});

interface Policy {
  readonly acceptRuntimeUser: boolean;
  readonly strictNames: boolean;
}

const judgeUser = ({ inspect, containers }: JudgedImage, context: JudgingContext, policy: Policy): Judgement => {
  if (inspect.Os?.toLowerCase() === 'windows') return notApplicable('Windows images have no root');
  if (inspect.Config === undefined) return infoNotSeen('Config');
  // Left out by the engine when empty, since API 1.52; null as a whole in images made by other tools.
  const user = inspect.Config?.User ?? '';
  const evidence = [{ source: 'Config.User', value: user }];
  const named = namedUserOf(user);
  if (named === 'number') return pass(`The image runs as user ${user}`, evidence);
  if (named === 'name')
    return policy.strictNames
      ? unknown(
          `Whether ${user} is another name of root stands in the /etc/passwd of the image`,
          'A numeric USER in the Dockerfile, or a scan that reads files of images',
          evidence,
        )
      : pass(`The image runs as ${user}, judged by that name`, evidence);
  const users = containers.map(({ inspect: container }) => valueOf(container)?.Config?.User);
  const areSafe = users.length > 0 && users.every((own) => isSafe(own, policy.strictNames));
  if (policy.acceptRuntimeUser && areSafe)
    return pass('The image would run as root, and every container of it sets another user', [
      ...evidence,
      { source: 'Config.User of its containers', value: users.map((own) => own ?? '') },
    ]);
  const processes = processUsers(containers);
  return fail(
    user === '' ? 'The image names no user, so it runs as root' : `The image runs as root (${user})`,
    processes.length === 0
      ? evidence
      : [...evidence, { source: 'user ids of its processes, seen from the host', value: processes }],
    context.isRootless === true || context.isUserRemapped === true ? { severity: lowered('medium') } : {},
  );
};

const isSafe = (user: string | undefined, strictNames: boolean): boolean => {
  const named = namedUserOf(user ?? '');
  return named === 'number' || (named === 'name' && !strictNames);
};

/** Many images start as root and step down: whoever accepts the finding wants to know. */
const processUsers = (containers: readonly ContainerEntry[]): string[] =>
  [
    ...new Set(
      containers.flatMap(({ processes }) =>
        (valueOf(processes) ?? []).flatMap(({ user }) => (user === undefined ? [] : [user])),
      ),
    ),
  ]
    .toSorted()
    .slice(0, 20);
