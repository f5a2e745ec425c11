import { defineCheck } from '../engine/check.ts';
import { hostSubject } from '../engine/subjects.ts';
import { unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'host-hardening-standard',
  theme: 'host',
  severity: 'medium',
  subject: 'host',
  cis: { '1.6.0': '1.2.1', '1.7.0': '1.2.1', '1.8.0': '1.2.1' },
  cisLevel: 1,
  title: 'The host itself follows a hardening standard',
  rationale:
    'Containers share the kernel and the services of their host. Whoever gets in by a forgotten service or a weak login has every container too, whatever their settings.',
  remediation:
    "Assess the host against the CIS benchmark of its distribution, or the organization's own standard, and write down which one, when, and with what result. No option of docker, compose or daemon.json does it.",
  decidedBy:
    'A person: which standard applies to this host, when it was last assessed, and with what result. Nothing in the API proves it, and AppArmor or SELinux being there does not either.',
  question: 'Was this host assessed against a hardening standard, and does it meet it?',
  needs: ['info'],
  sources: ['CIS Docker Benchmark 1.6.0, 1.2.1', 'https://docs.docker.com/engine/security/'],
  *evaluate({ context: { info } }) {
    // For the person who answers: which machine is meant.
    const evidence = (['OperatingSystem', 'OSVersion', 'KernelVersion', 'SecurityOptions'] as const).flatMap(
      (field) => {
        const value = info?.[field];
        return value === undefined ? [] : [{ source: `info.${field}`, value }];
      },
    );
    yield {
      subject: hostSubject,
      ...unknown(
        'Whether the host follows a hardening standard is for a person to say',
        "A person's answer: which standard applies to this host, when was it last assessed, and with what result?",
        evidence,
      ),
    };
  },
});
