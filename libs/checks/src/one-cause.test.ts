import { expect, test } from 'vitest';
import { catalogue } from './catalogue.generated.ts';
import { judge } from './engine/judge.ts';
import { severities } from './engine/vocabulary.ts';
import { everythingWrong } from './testing/everything-wrong.ts';

const failures = judge(everythingWrong(), catalogue).filter(({ outcome }) => outcome === 'fail');
const ofTheContainer = failures.filter(({ subject }) => subject.name === 'all');

test('one cause is reported once: what follows from another failure of a container names it', () => {
  const following = ofTheContainer.flatMap(({ check, causedBy }) =>
    causedBy === undefined ? [] : [`${check.id} <- ${causedBy}`],
  );
  expect(following.toSorted()).toEqual([
    'container-apparmor-profile <- container-privileged',
    'container-capabilities <- container-privileged',
    'container-host-devices <- container-privileged',
    'container-needless-ports <- container-host-network',
    'container-seccomp-profile <- container-privileged',
    'host-control-socket <- container-docker-socket',
    'host-network-with-root <- container-privileged',
    'management-container <- container-docker-socket',
    'mount-credentials <- container-sensitive-host-mounts',
    'root-processes <- image-user-not-root',
    'writable-kernel-interface <- container-privileged',
  ]);
});

test('each setting that somebody has to change is a finding of its own, and no other is', () => {
  const own = ofTheContainer.filter(({ causedBy }) => causedBy === undefined).map(({ check }) => check.id);
  expect(own).toEqual([
    'cgroupns-host',
    'container-docker-socket',
    'container-health-check',
    'container-host-ipc',
    'container-host-network',
    'container-host-pid',
    'container-host-user-namespace',
    'container-host-uts',
    'container-mount-propagation',
    'container-no-new-privileges',
    'container-privileged',
    'container-read-only-root',
    'container-sensitive-host-mounts',
    // The way out that takes both, which neither of the two tells.
    'privileged-host-namespace',
  ]);
});

test('a cause fails itself, about the same thing or its image, and weighs at least as much', () => {
  for (const { check, causedBy, severity, subject } of failures) {
    if (causedBy === undefined) continue;
    const cause = failures.find(
      (other) => other.check.id === causedBy && (other.subject.kind === 'image' || other.subject.name === subject.name),
    );
    expect(cause, `${check.id} names ${causedBy}`).toBeDefined();
    expect(severities.indexOf(cause?.severity ?? 'info'), `${check.id} names ${causedBy}`).toBeLessThanOrEqual(
      severities.indexOf(severity),
    );
  }
});
