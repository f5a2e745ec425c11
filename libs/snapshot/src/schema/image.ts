import { z } from 'zod';
import { ContainerConfig } from './container.ts';
import { lenient, lenientNullable, list, number, text, textList } from './lenient.ts';
import { part } from './part.ts';
import { SecretSighting } from './secret.ts';

/** `GET /images/{id}/json`. */
export const ImageInspect = z.object({
  Id: text,
  RepoTags: textList,
  RepoDigests: textList,
  Created: text,
  Author: text,
  Architecture: text,
  Os: text,
  Size: number,
  Config: lenientNullable(ContainerConfig),
  RootFS: lenient(z.object({ Type: text, Layers: textList })),
  Identity: lenientNullable(
    z.object({
      Signature: list(
        z.object({
          Name: text,
          /** A signer that the engine knows by name, e.g. `DHI`. */
          KnownSigner: text,
          /** Of the certificate that signed: who vouched for the signer, and the signer. */
          Signer: lenientNullable(z.object({ Issuer: text, SubjectAlternativeName: text })),
          /** Why the engine refused the signature; the rest is empty then. */
          Error: text,
        }),
      ),
      Pull: list(z.object({ Repository: text })),
    }),
  ),
});
export type ImageInspect = z.infer<typeof ImageInspect>;

/** One step of `GET /images/{id}/history`, newest first as the engine sends it; secrets in it are redacted. */
export const ImageHistoryStep = z.object({
  Id: text,
  Created: number, // seconds since 1970
  CreatedBy: text,
  Size: number,
  Comment: text,
  Tags: textList,
});
export type ImageHistoryStep = z.infer<typeof ImageHistoryStep>;

export const ImageEntry = z.object({
  id: z.string(),
  repoTags: z.array(z.string()),
  repoDigests: z.array(z.string()),
  created: lenient(z.number()), // seconds since 1970
  size: number, // bytes
  inspect: part(ImageInspect),
  history: part(z.array(ImageHistoryStep)),
  secretSightings: z.array(SecretSighting),
});
export type ImageEntry = z.infer<typeof ImageEntry>;
