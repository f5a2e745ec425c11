import type { Config } from '@plimsoll/config';
import type { FastifyInstance } from 'fastify';

/**
 * What a page of ours may load: only what this server serves. `styleNonce` admits style elements that a page makes
 * itself, with that nonce.
 */
export const contentSecurityPolicy = (styleNonce?: string): string =>
  [
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "script-src 'self'",
    styleNonce === undefined ? "style-src 'self'" : `style-src 'self' 'nonce-${styleNonce}'`,
  ].join('; ');

/**
 * Headers of every answer, those that the OWASP Secure Headers Project asks for. A constant instead of a chain of
 * middleware, which would cost each request more than all else that happens before its handler. There is no CORS: no
 * other site has a reason to read this API from a browser.
 */
export const securityHeadersOf = ({ server }: Config): Readonly<Record<string, string>> => {
  const isHttps = server.publicUrl?.startsWith('https:') === true;
  return {
    'content-security-policy': contentSecurityPolicy(),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    // Over plain HTTP it means nothing, and on localhost it would lock out other software of the same machine.
    ...(isHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
};

/** Gives them to every answer of whatever is routed. */
export const installSecurityHeaders = (fastify: FastifyInstance, config: Config): void => {
  const headers = securityHeadersOf(config);
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
};
