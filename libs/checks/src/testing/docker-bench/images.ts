import type { GivenImage } from '../builders.ts';
import { aContainer, anImage, aSnapshot } from '../builders.ts';
import { type DockerBenchError, heldIn } from './docker-bench-error.ts';

const users = 'unprivileged-processes/image-user-not-root';
const health = 'images/image-health-check';
const updates = 'images/image-package-update-not-alone';
const adds = 'images/image-copy-not-add';
const contents = 'images/image-contents';

/** An image in use by a container that does not run. */
const inUse = (given: GivenImage, user = '') => {
  const image = anImage(given);
  const container = aContainer({ state: 'exited', imageId: image.id, config: { User: user } });
  return aSnapshot({ images: [image], containers: [container] });
};

export const imageErrors: readonly DockerBenchError[] = [
  {
    check: 'image-user-not-root',
    error: 'looks at running containers and never at images: with none running it says nothing',
    heldBy: { snapshot: inUse({ config: { User: 'root' } }), outcomes: ['fail'] },
  },
  {
    check: 'image-user-not-root',
    error: 'knows root by three spellings: 0:0 passes',
    heldBy: { snapshot: inUse({ config: { User: '0:0' } }), outcomes: ['fail'] },
  },
  ...['0:1000', 'root:root', '00'].map((spelling) => ({
    check: 'image-user-not-root',
    error: `knows root by three spellings: ${spelling} passes`,
    heldBy: heldIn(users, `['${spelling}', 'fail']`),
  })),
  {
    check: 'image-user-not-root',
    error: 'passes any other name, also one with the number of root',
    heldBy: heldIn(users, 'does not trust a name where strictNames is on, since it may be an alias of root'),
  },
  {
    check: 'image-trusted-source',
    error: 'decides nothing',
    heldBy: heldIn('images/image-trusted-source', 'fails on a stranger'),
  },
  {
    check: 'image-no-unneeded-tools',
    error: 'decides nothing',
    heldBy: heldIn(contents, 'apt-get update && apt-get install -y --no-install-recommends gcc make'),
  },
  {
    check: 'image-patched',
    error: 'decides nothing',
    heldBy: heldIn(contents, 'image-patched refers to container-current-image where the host has a newer build'),
  },
  {
    check: 'content-trust',
    error:
      'judges by a variable of the shell that runs it, which says nothing about other users, pipelines and the API',
    heldBy: heldIn(contents, 'content-trust is a question for a person, whatever a variable says'),
  },
  {
    check: 'image-health-check',
    error: 'passes HEALTHCHECK NONE',
    heldBy: heldIn(health, 'fails on HEALTHCHECK NONE, which is stored as a test'),
  },
  {
    check: 'image-health-check',
    error: 'passes an empty test',
    heldBy: heldIn(health, 'fails on an empty test'),
  },
  {
    check: 'image-package-update-not-alone',
    error: 'reports an update that is followed by an install in the same step',
    heldBy: heldIn(updates, "['apt-get update && apt-get install -y curl', 'pass']"),
  },
  {
    check: 'image-package-update-not-alone',
    error: 'reports update-ca-certificates',
    heldBy: heldIn(updates, "['update-ca-certificates', 'pass']"),
  },
  {
    check: 'image-package-update-not-alone',
    error: 'reads the first 45 characters of a step alone',
    heldBy: {
      snapshot: inUse({
        history: { value: [{ CreatedBy: `/bin/sh -c mkdir -p ${'/srv/a'.repeat(20)} && apt-get update`, Size: 9 }] },
      }),
      outcomes: ['fail'],
    },
  },
  {
    check: 'image-setuid-programs',
    error: 'decides nothing',
    heldBy: { snapshot: inUse({}), outcomes: ['unknown'] },
  },
  {
    check: 'image-copy-not-add',
    error: 'blames the ADD of a base on every image made from it',
    heldBy: heldIn(adds, 'leaves the ADD of a base to the base'),
  },
  {
    check: 'image-copy-not-add',
    error: 'spares an image whose only ADD is its oldest entry, and blames a base whose root file system is not',
    heldBy: heldIn(adds, 'does not apply to a base whose only ADD is its root file system, whatever stands beside it'),
  },
  {
    check: 'image-copy-not-add',
    error: 'finds the letters ADD in other words',
    heldBy: heldIn(adds, 'takes no longer word for it'),
  },
  {
    check: 'image-copy-not-add',
    error: 'counts an image without a tag and does not name it',
    heldBy: {
      snapshot: inUse({ repoTags: [], history: { value: [{ CreatedBy: 'ADD app /app # buildkit', Size: 9 }] } }),
      outcomes: ['fail'],
    },
  },
  {
    check: 'image-no-secrets',
    error: 'decides nothing',
    heldBy: heldIn('images/image-no-secrets', "['a secret', variable('API_TOKEN', 'secret'), 'fail']"),
  },
  {
    check: 'image-packages-authenticated',
    error: 'decides nothing',
    heldBy: heldIn('images/image-packages-authenticated', '--allow-unauthenticated'),
  },
  {
    check: 'image-artifacts-verified',
    error: 'decides nothing, and speaks of signing where the benchmark means verifying',
    heldBy: { snapshot: inUse({}), outcomes: ['unknown'] },
  },
];
