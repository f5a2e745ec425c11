import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { endpointSubject } from '../engine/subjects.ts';
import { LoopbackPlain, judgeRemoteApi } from './remote-api.ts';

export default defineCheck({
  id: 'remote-api-mutual-tls',
  theme: 'daemon-attack-surface',
  severity: 'critical',
  subject: 'endpoint',
  cis: { '1.6.0': '2.7', '1.7.0': '2.7', '1.8.0': '2.8' },
  cisLevel: 1,
  title: 'The remote API answers only clients with a trusted certificate',
  rationale:
    'Whoever may speak to the API is root on the host: one request starts a container that mounts its disk. Open ports of this kind are found and taken over within hours.',
  remediation:
    'In daemon.json set "tlsverify": true, "tlscacert", "tlscert", "tlskey" and "hosts": ["unix:///var/run/docker.sock", "tcp://MANAGEMENT-ADDRESS:2376"], give certificates of that authority to clients alone, and restart. Or listen on the UNIX socket only and reach it by SSH: docker -H ssh://user@host.',
  decidedBy:
    'Requests to the registered port and to 2375 without TLS, without a certificate and with one of a stranger, judged by the answer and not by the handshake; and the lines of info.Warnings in which the engine names listeners that are open. A listener that systemd hands over on another port does not show.',
  needs: ['endpoint'],
  parameters: z.strictObject({ loopbackPlain: LoopbackPlain }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.7',
    'https://docs.docker.com/engine/security/protect-access/',
    'moby/moby daemon/info.go (fillAPIInfo), daemon/command/daemon.go (newAPIServerTLSConfig)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield { subject: endpointSubject(snapshot), ...judgeRemoteApi(snapshot, context, parameters.loopbackPlain) };
  },
});
