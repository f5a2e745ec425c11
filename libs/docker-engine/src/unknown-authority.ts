import type { X509Certificate } from 'node:crypto';
import { certificatesOf } from './certificate-facts.ts';
import { EngineError, quoteHostText } from './engine-error.ts';

/**
 * Says whose certificate was shown and who issued it, next to who was expected: the TLS library says neither.
 * @param shown the host's own certificate; undefined where it could not be read
 * @param registered PEM of the authorities that were to have issued it
 */
export const unknownAuthority = (
  shown: X509Certificate | undefined,
  registered: string,
  cause: unknown,
): EngineError => {
  if (shown === undefined) {
    const detail = 'The host shows a certificate that no registered authority has issued.';
    return new EngineError('unknown-authority', { detail, cause });
  }
  const [subject, issuer] = [nameOf(shown.subject), nameOf(shown.issuer)];
  const origin = shown.checkIssued(shown) ? 'which it issued to itself' : `issued by ${issuer}`;
  const detail = `The host shows a certificate for ${subject}, ${origin}. Registered is ${authoritiesOf(registered)}.`;
  return new EngineError('unknown-authority', { detail, cause });
};

/** Node separates the parts of a name by line ends. */
const nameOf = (name: string): string => `"${quoteHostText(name.split('\n').join(', '), 100) || 'no name'}"`;

const authoritiesOf = (pem: string): string => {
  const names = [...new Set(certificatesOf(pem).map(({ subject }) => nameOf(subject)))];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, 3).join(', ')}${more}`;
};
