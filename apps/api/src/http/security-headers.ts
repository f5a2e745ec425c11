import helmet from '@fastify/helmet';
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

/** Headers of every answer. There is no CORS: no other site has a reason to read this API from a browser. */
export const installSecurityHeaders = async (fastify: FastifyInstance, { server }: Config): Promise<void> => {
  await fastify.register(helmet, {
    contentSecurityPolicy: false,
    // Over plain HTTP it means nothing, and on localhost it would lock out other software of the same machine.
    hsts: server.publicUrl?.startsWith('https:') === true ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  const policy = contentSecurityPolicy();
  fastify.addHook('onRequest', async (_request, reply) => {
    void reply.header('content-security-policy', policy);
    void reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    await Promise.resolve();
  });
};
