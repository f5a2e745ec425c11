import { useState } from 'react';

/** Random as a UUID, also on pages that came over plain HTTP, where `crypto.randomUUID` is missing. */
export const newIdempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** One key for as long as a dialog is open: a second click, or a retry, creates nothing twice. */
export const useIdempotencyKey = (): { headers: { 'Idempotency-Key': string }; renew: () => void } => {
  const [key, setKey] = useState(newIdempotencyKey);
  return { headers: { 'Idempotency-Key': key }, renew: () => setKey(newIdempotencyKey()) };
};
