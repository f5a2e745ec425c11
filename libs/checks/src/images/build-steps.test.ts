import { expect, test } from 'vitest';
import { anImage } from '../testing/builders.ts';
import { buildStepsOf, makesLayer } from './build-steps.ts';

const stepOf = (CreatedBy: string, Size = 0) =>
  buildStepsOf(anImage({ history: { value: [{ CreatedBy, Size }] } }))?.[0];

test.for([
  ['/bin/sh -c #(nop)  ADD file:1f2e in / ', 'ADD', 'file:1f2e in /'],
  ['/bin/sh -c #(nop) CMD ["bash"]', 'CMD', '["bash"]'],
  ['/bin/bash -o pipefail -c #(nop)  USER app', 'USER', 'app'],
  ['cmd /S /C #(nop) WORKDIR C:\\app', 'WORKDIR', 'C:\\app'],
  ['/bin/sh -c apt-get update', 'RUN', 'apt-get update'],
  ['|2 A=x B=y z /bin/sh -c make all', 'RUN', 'make all'],
  ['/bin/bash -euo pipefail -c make', 'RUN', 'make'],
  ['powershell -NoLogo -Command Get-Item x', 'RUN', 'Get-Item x'],
  ['RUN /bin/sh -c apt-get update # buildkit', 'RUN', 'apt-get update'],
  ['RUN |1 TOKEN=a b /bin/sh -c apt-get update && make # buildkit', 'RUN', 'apt-get update && make'],
  ['RUN apt-get update # buildkit', 'RUN', 'apt-get update'],
  ['RUN /bin/sh -c one\ntwo # buildkit', 'RUN', 'one\ntwo'],
  ['ADD https://a.example/x /x # buildkit', 'ADD', 'https://a.example/x /x'],
  ['ENV PATH=/bin', 'ENV', 'PATH=/bin'],
  ['HEALTHCHECK &{["CMD" "true"] "0s"}', 'HEALTHCHECK', '&{["CMD" "true"] "0s"}'],
  ['/bin/sh -c #(nop) COPY dir:12ab in /srv |force-mtime=0', 'COPY', 'dir:12ab in /srv'],
  ['COPY . /srv|unsetenv=A', 'COPY', '. /srv'],
  ['/bin/sh -c echo " #(nop) ADD x"', 'RUN', 'echo " #(nop) ADD x"'],
  ['bash', 'OTHER', 'bash'],
  ['# debian.sh --arch amd64 out/ bookworm', 'OTHER', '# debian.sh --arch amd64 out/ bookworm'],
  ['ADDITIONAL work', 'OTHER', 'ADDITIONAL work'],
] as const)('reads %j', ([createdBy, instruction, text]) => {
  expect(stepOf(createdBy)).toMatchObject({ instruction, text });
});

test.for([
  ['no history', { missing: 'timed-out', detail: '' }],
  ['an empty one', { value: [] }],
  ['one that an import left empty', { value: [{ CreatedBy: '', Comment: 'Imported from -', Size: 9 }] }],
] as const)('has nothing to say of %s', ([, history]) => {
  expect(
    buildStepsOf(anImage({ history: 'value' in history ? { value: [...history.value] } : history })),
  ).toBeUndefined();
});

test.for([
  ['RUN true', 0, true],
  ['LABEL a=b', 0, false],
  ['# debian.sh', 9, true],
] as const)('%s of %i bytes makes a layer: %s', ([createdBy, size, expected]) => {
  const step = stepOf(createdBy, size);
  expect(step && makesLayer(step)).toBe(expected);
});

test('is not stopped by a history made to be slow', () => {
  const long = `|9 ${'a=b '.repeat(200_000)}`;
  expect(stepOf(long)).toMatchObject({ instruction: 'OTHER' });
  expect(stepOf(`${'-x '.repeat(200_000)}sh -c`)).toMatchObject({ instruction: 'OTHER' });
  expect(stepOf(`|1 ${'/sh '.repeat(200_000)}`)).toMatchObject({ instruction: 'OTHER' });
  expect(stepOf(`sh ${'-x '.repeat(200_000)}`)).toMatchObject({ instruction: 'OTHER' });
});
