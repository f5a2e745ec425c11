import fastifyStatic from '@fastify/static';
import { NotFound } from '@plimsoll/contracts';
import type { FastifyInstance } from 'fastify';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathOf } from '../http/problem-response.ts';
import { contentSecurityPolicy } from '../http/security-headers.ts';

/** What the console's `index.html` holds where the nonce for its own style elements belongs. */
const noncePlaceholder = '__CSP_NONCE__';

/** Paths that are not the console's: what is not found there is a problem, not a page. */
const reserved = /^\/(?:v1|docs|problems|assets|healthz|readyz|metrics|openapi\.json)(?:\/|$)/;

/**
 * Serves the built console: hashed files for ever, and `index.html` for every other path, since the console routes in
 * the browser.
 */
export const installConsole = async (fastify: FastifyInstance, directory: string): Promise<void> => {
  const root = resolve(directory);
  const index = await readFile(join(root, 'index.html'), 'utf8');
  await fastify.register(fastifyStatic, {
    root,
    index: false,
    wildcard: false,
    cacheControl: false,
    globIgnore: ['**/index.html', '**/*.map'],
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(root, 'assets/'));
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
    },
  });
  fastify.get('/*', async (request, reply) => {
    if (reserved.test(pathOf(request)) || !wantsPage(request.headers.accept)) throw new NotFound({});
    const nonce = randomBytes(16).toString('base64url');
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', contentSecurityPolicy(nonce))
      .send(index.replaceAll(noncePlaceholder, nonce));
  });
};

const wantsPage = (accept: string | undefined): boolean =>
  accept !== undefined && /text\/html|application\/xhtml\+xml/.test(accept);
