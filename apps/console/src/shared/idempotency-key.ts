import { useState } from 'react';

/** One key for as long as a dialog is open: a second click, or a retry, creates nothing twice. */
export const useIdempotencyKey = (): { headers: { 'Idempotency-Key': string }; renew: () => void } => {
  const [key, setKey] = useState(() => crypto.randomUUID());
  return { headers: { 'Idempotency-Key': key }, renew: () => setKey(crypto.randomUUID()) };
};
