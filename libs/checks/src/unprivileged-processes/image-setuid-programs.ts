import { defineCheck } from '../engine/check.ts';
import { notApplicable, unknown } from '../engine/verdict.ts';
import { eachImage, imageParameters } from '../images/images-in-use.ts';

export default defineCheck({
  id: 'image-setuid-programs',
  theme: 'unprivileged-processes',
  severity: 'medium',
  subject: 'image',
  cis: { '1.6.0': '4.8', '1.7.0': '4.8', '1.8.0': '4.8' },
  cisLevel: 2,
  title: 'Images hold only the set-uid and set-gid programs that they need',
  rationale:
    'A program with the set-uid bit runs as root whoever starts it. Each is a way back to root for a process that had given it up.',
  remediation:
    'RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} + as the last step before USER, sparing what is needed, or a base image without such programs. Until then: docker run --security-opt no-new-privileges=true (compose: security_opt), or "no-new-privileges": true in daemon.json.',
  decidedBy:
    "Modes of the files in the image's layers, merged, which takes reading the whole image once; no request of the API lists them.",
  needs: ['images'],
  parameters: imageParameters,
  sources: ['CIS Docker Benchmark 1.6.0, 4.8', 'https://docs.docker.com/engine/security/', 'capabilities(7)'],
  *evaluate({ snapshot, parameters }) {
    yield* eachImage(snapshot, parameters.scope, ({ inspect }) =>
      inspect.Os?.toLowerCase() === 'windows'
        ? notApplicable('Windows has no such programs')
        : unknown('The files of the image were not read', 'A scan that reads images whole'),
    );
  },
});
