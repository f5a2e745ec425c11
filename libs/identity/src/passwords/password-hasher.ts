import { hash, parseOptions, verify } from '@node-rs/argon2';

/** Minimum of the OWASP Password Storage Cheat Sheet for argon2id: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** argon2id hash in PHC string format. */
export const hashPassword = (password: string): Promise<string> => hash(password, parameters);

let decoy: Promise<string> | undefined;

/**
 * Whether the password is the one that was hashed. Without a hash it takes as long and says no, so that the time of the
 * answer does not tell whether an account exists.
 */
export const verifyPassword = async (passwordHash: string | null, password: string): Promise<boolean> => {
  decoy ??= hashPassword('the password of nobody');
  const matches = await verify(passwordHash ?? (await decoy), password);
  return matches && passwordHash !== null;
};

/** Whether a hash was made with weaker parameters than today's, so that the next login should replace it. */
export const needsRehash = (passwordHash: string): boolean => {
  const used = parseOptions(passwordHash);
  return (
    used.memoryCost < parameters.memoryCost ||
    used.timeCost < parameters.timeCost ||
    used.parallelism !== parameters.parallelism
  );
};
