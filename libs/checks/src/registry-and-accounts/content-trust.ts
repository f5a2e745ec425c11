import { defineCheck } from '../engine/check.ts';
import { hostSubject } from '../engine/subjects.ts';
import { unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'content-trust',
  theme: 'registry-and-accounts',
  severity: 'medium',
  subject: 'host',
  cis: { '1.6.0': '4.5', '1.7.0': '4.5', '1.8.0': '4.5' },
  cisLevel: 2,
  title: 'Images are verified by signature before they run',
  rationale:
    'Whoever gets into a registry, or in between, can put another image under a known name. A signature that is checked before it runs tells the difference.',
  remediation:
    'Sign images with cosign or notation in the pipeline, and verify by digest before they are brought out (cosign verify REGISTRY/NAME@sha256:…, or an admission step), then run that digest (compose: image: name@sha256:…). Docker content trust (DOCKER_CONTENT_TRUST=1) has been given up: docker 29 does not read it any more. No key of daemon.json replaces it.',
  decidedBy:
    'A person: what verifies signatures before an image runs here. Content trust was a setting of each client, which neither the API nor the engine shows, and pulls through the API never used it.',
  question: 'Does a step verify the signatures of images before they run on this host?',
  needs: ['info'],
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.5',
    'https://www.docker.com/blog/retiring-docker-content-trust',
    'docker/cli v29.0.0 cmd/docker-trust/internal/trust/trust.go',
  ],
  *evaluate() {
    yield {
      subject: hostSubject,
      ...unknown(
        'Whether signatures are verified before images run is for a person to say',
        "A person's answer: which step verifies the signatures of images before they run on this host?",
      ),
    };
  },
});
