import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A refresh token: 32 bytes in base64url. */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url');

/** Whether a text could be a refresh token at all. */
export const isRefreshToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/** What is stored of it. It is random enough that a plain hash can not be searched. */
export const hashRefreshToken = (token: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(token, 'utf8').digest());

/**
 * The token that follows this one. It is computed, not random, so that two requests of one browser that cross (two tabs,
 * an answer that was lost) are given the same next token, and a session never has two ends. Without the secret nobody
 * who once saw a token can tell what comes after it.
 */
export const successorOf = (token: string, secret: Uint8Array): string =>
  createHmac('sha256', secret).update(token, 'utf8').digest('base64url');
