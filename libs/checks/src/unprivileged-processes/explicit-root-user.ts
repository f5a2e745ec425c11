import { type ContainerInspect, valueOf } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'explicit-root-user',
  theme: 'unprivileged-processes',
  severity: 'medium',
  subject: 'container',
  title: 'No container goes back to root where its image chose another user',
  rationale:
    'Whoever made the image took care that it needs no root. One line in a compose file undoes that, mostly to get around the owner of a folder.',
  remediation:
    'Take --user 0 away (compose: user: "0:0"), and hand the folder over instead: chown on the volume, or docker run --user UID:GID with the owner it has. No key of daemon.json does it.',
  decidedBy:
    "Config.User of the container against Config.User of the very image it was made of (by id, since a tag moves): root in any spelling where the image has another user fails. A name counts as it reads; what number it has stands in the image's own files.",
  needs: ['containers'],
  parameters: containerParameters,
  sources: ['https://docs.docker.com/reference/dockerfile/#user', 'moby/moby api/swagger.yaml (ContainerConfig.User)'],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ inspect }) => judgeUser(inspect, context));
  },
});

/** What is known of the user of the image a container was made of. */
export const imageUserOf = (inspect: ContainerInspect, context: JudgingContext): string | undefined => {
  const image = inspect.Image === undefined ? undefined : context.imageById.get(inspect.Image);
  const seen = image && valueOf(image.inspect);
  // Left out by the engine when empty, since API 1.52.
  return seen === undefined || seen.Config === undefined ? undefined : (seen.Config?.User ?? '');
};

const judgeUser = (inspect: ContainerInspect, context: JudgingContext): Judgement => {
  if (context.isWindows === true) return notApplicable('Windows containers have no root');
  const user = inspect.Config?.User;
  const isRoot = isRootUser(user);
  if (user === undefined || isRoot === undefined) return fieldNotSeen('Config.User');
  const imageUser = imageUserOf(inspect, context);
  const evidence: Evidence[] = [
    { source: 'Config.User', value: user },
    { source: 'Config.User of the image', value: imageUser ?? null },
  ];
  if (imageUser !== undefined && isRootUser(imageUser) === true)
    return notApplicable('The image itself runs as root: see image-user-not-root', evidence);
  if (!isRoot) return pass(`The container runs as ${user}`, evidence);
  return imageUser === undefined
    ? unknown(
        'The container runs as root, and the user of its image was not seen',
        'A scan that can inspect the image of this container',
        evidence,
      )
    : fail(`The container runs as root, though its image runs as ${imageUser}`, evidence);
};
