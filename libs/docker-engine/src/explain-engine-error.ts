import { EngineError, type EngineErrorReason } from './engine-error.ts';

/** What went wrong, what was seen, and what to do about it; three texts for a person. */
export interface EngineErrorExplanation {
  title: string;
  detail: string;
  nextStep: string;
}

const texts: Record<EngineErrorReason, { title: string; nextStep: string }> = {
  'invalid-address': {
    title: 'The address is not one of a Docker host',
    nextStep: 'Use tcp://NAME:PORT, for example tcp://build-7.example:2376, or unix:///PATH on this machine.',
  },
  'address-refused': {
    title: 'The address is not allowed here',
    nextStep: 'Register an address that this installation may reach, or ask its operator to change the named setting.',
  },
  'name-not-found': {
    title: 'The name of the host is not known',
    nextStep: 'Check the spelling, and that the name resolves on the machine where the scan runs: getent hosts NAME.',
  },
  'connection-refused': {
    title: 'Nothing listens on that port',
    nextStep:
      'Check the port (2376 is usual with TLS) and that dockerd was started with -H tcp://0.0.0.0:2376: ss -ltnp on the host tells.',
  },
  'host-unreachable': {
    title: 'There is no route to the host',
    nextStep: 'Check the address, and the routing and firewalls between this installation and the host.',
  },
  'socket-not-found': {
    title: 'There is no socket at that path',
    nextStep: 'Check the path and that the daemon runs: systemctl status docker.',
  },
  'socket-denied': {
    title: 'This account may not open the socket',
    nextStep: 'Run as an account that may use the socket. Mind that membership in its group equals root on the host.',
  },
  'timed-out': {
    title: 'The host did not answer in time',
    nextStep: 'Check firewalls (dropped packets look like this) and how busy the daemon is, then try again.',
  },
  'connection-reset': {
    title: 'The host cut the connection',
    nextStep:
      'Look into the log of the daemon, or of the proxy before it, at the time of the attempt: journalctl -u docker.',
  },
  'unknown-authority': {
    title: 'The certificate of the host is not signed by the registered authority',
    nextStep:
      'Register the authority (ca.pem) that signed it, or compare: openssl s_client -connect HOST:PORT -showcerts.',
  },
  'certificate-expired': {
    title: 'The certificate of the host has expired',
    nextStep: 'Issue a new server certificate and restart the daemon; it reads the file only at its start.',
  },
  'certificate-not-yet-valid': {
    title: 'The certificate of the host is not valid yet',
    nextStep: 'Compare the clocks of both machines and the start date of the certificate.',
  },
  'name-mismatch': {
    title: 'The certificate of the host is for another name',
    nextStep:
      'Register one of the names in the certificate, or issue one whose subjectAltName holds this name (IP:… for an address).',
  },
  'client-certificate-rejected': {
    title: 'The host did not accept the client certificate',
    nextStep:
      'Use a certificate signed by an authority in the file that the daemon got as --tlscacert: openssl x509 -in cert.pem -noout -issuer -enddate.',
  },
  'client-material-unusable': {
    title: 'The client certificate or key can not be used',
    nextStep: 'Register the certificate and its own unencrypted key again, both as PEM.',
  },
  'tls-handshake-failed': {
    title: 'No secure connection could be agreed',
    nextStep: 'The host must offer TLS 1.2 or 1.3. Look at: openssl s_client -connect HOST:PORT.',
  },
  'plain-http-behind-port': {
    title: 'The port speaks plain HTTP, not TLS',
    nextStep:
      'Anyone who reaches this port is root on the host: start dockerd with --tlsverify, --tlscacert, --tlscert and --tlskey.',
  },
  'tls-behind-port': {
    title: 'The port speaks TLS, the registration does not',
    nextStep: 'Register the host with its authority, a client certificate and its key.',
  },
  'not-a-docker-api': {
    title: 'What answers is not a Docker Engine',
    nextStep: 'Check the port, and the upstream of a proxy if there is one: GET /_ping must reach the daemon.',
  },
  'api-too-old': {
    title: 'The Engine API is older than 1.24',
    nextStep: 'Update the Docker Engine: releases before 1.12 (2016) have known ways out of a container.',
  },
  denied: {
    title: 'The host denied the request',
    nextStep: 'A gate or an authorization plugin decides there: allow the read-only requests for this client.',
  },
  'not-found': {
    title: 'The host does not know what was asked for',
    nextStep: 'It vanished in between, or a proxy before the daemon does not pass this path.',
  },
  'redirect-refused': {
    title: 'The host answered with a redirect',
    nextStep: 'Register the address of the daemon itself: redirects are never followed.',
  },
  'engine-error': {
    title: 'The Docker Engine reported an error',
    nextStep: 'Look into the log of the daemon: journalctl -u docker.',
  },
  'too-large': {
    title: 'The answer is larger than allowed',
    nextStep: 'Such an answer is not usual. If the host is yours and really that big, report it with the numbers.',
  },
  'too-deep': {
    title: 'The answer is nested deeper than allowed',
    nextStep: 'No Docker Engine answers like this: check what listens on that port.',
  },
  malformed: {
    title: 'The answer could not be understood',
    nextStep: 'Check that nothing between here and the daemon changes the answers, then try again.',
  },
  cancelled: { title: 'The request was cancelled', nextStep: 'Start it again when it suits.' },
};

/** The words for an error, fit for console, API and command line. Unknown errors are told as `connection-reset`. */
export const explainEngineError = (error: unknown): EngineErrorExplanation => {
  const known = error instanceof EngineError ? error : undefined;
  const { title, nextStep } = texts[known?.reason ?? 'connection-reset'];
  return {
    title,
    detail: known?.detail ?? (error instanceof Error ? error.message : 'The connection failed.'),
    nextStep: known?.setting === undefined ? nextStep : `${nextStep} Setting: ${known.setting}.`,
  };
};
