import type { AllowedRequest } from './allowed-requests.ts';
import { EngineError, type EngineErrorReason, quoteHostText } from './engine-error.ts';

const reasonOf = (status: number): EngineErrorReason => {
  if (status >= 300 && status < 400) return 'redirect-refused';
  if (status === 401 || status === 403) return 'denied';
  return status === 404 ? 'not-found' : 'engine-error';
};

/** The error that an answer other than 2xx stands for, with the engine's own message where there is one. */
export const answerError = (request: AllowedRequest, status: number, body: Buffer): EngineError => {
  const text = body.toString('utf8');
  // Both Go's server and nginx answer plain HTTP on a TLS port with 400 and a sentence of this kind.
  if (status === 400 && /HTTP request (?:was sent )?to (?:an )?HTTPS (?:server|port)/iu.test(text)) {
    return new EngineError('tls-behind-port', { detail: 'The port asked for TLS.', httpStatus: status });
  }
  if (status === 400 && /(?:No required SSL certificate was sent|The SSL certificate error)/iu.test(text)) {
    return new EngineError('client-certificate-rejected', {
      detail: 'A proxy before the daemon refused our certificate.',
      httpStatus: status,
    });
  }
  const message = engineMessage(text);
  return new EngineError(reasonOf(status), {
    detail: `${request.method} ${request.path} was answered with ${status}${message === '' ? '' : `: ${message}`}`,
    httpStatus: status,
  });
};

const engineMessage = (text: string): string => {
  try {
    const parsed: unknown = JSON.parse(text);
    const message: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'message') : undefined;
    return typeof message === 'string' ? quoteHostText(message) : '';
  } catch {
    return '';
  }
};
