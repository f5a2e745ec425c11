import type { ImageInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { eachImage, imageParameters } from '../images/images-in-use.ts';

type Signature = NonNullable<NonNullable<NonNullable<ImageInspect['Identity']>['Signature']>[number]>;

/**
 * How a signer is written in `trustedSigners` and in evidence: the name the engine knows, else issuer and subject of
 * the certificate. A subject without its issuer says nothing, since anybody may run an issuer that vouches for it.
 */
const signerOf = ({ KnownSigner, Signer }: Signature): string | undefined => {
  if (KnownSigner !== undefined && KnownSigner !== '') return KnownSigner;
  return Signer?.Issuer && Signer.SubjectAlternativeName
    ? `${Signer.Issuer} ${Signer.SubjectAlternativeName}`
    : undefined;
};

export default defineCheck({
  id: 'image-artifacts-verified',
  theme: 'registry-and-accounts',
  severity: 'medium',
  subject: 'image',
  cis: { '1.6.0': '4.12', '1.7.0': '4.12', '1.8.0': '4.12' },
  cisLevel: 1,
  title: 'Signed images are verified before they are used',
  rationale:
    'A signature that nobody checks stops nobody: whoever swaps the image in the registry, or on the way, has it run all the same.',
  remediation:
    'Verify by digest before anything runs, with cosign verify or notation verify in the pipeline or an admission step, then run exactly that: docker run REGISTRY/NAME@sha256:… (compose: image: name@sha256:…). Write down which keys or identities count, and list them in the parameter trustedSigners. No key of daemon.json does it.',
  decidedBy:
    "The signatures that the engine has verified itself (Identity.Signature, API 1.53) against the parameter trustedSigners, where that names any. Else it is for a person to say which step verifies them: signatures in a registry do not show in the engine's answers, and having one there is not verifying it.",
  question: 'Does a step check, before images are used on this host, that somebody you trust has signed them?',
  needs: ['images'],
  parameters: imageParameters.extend({
    /** Signers as evidence shows them, `*` for any text: `DHI`, `https://accounts.example build@example.com`. */
    trustedSigners: z.array(z.string()).default([]),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.12',
    'moby/moby api/swagger.yaml (Identity, SignatureIdentity), api/docs/CHANGELOG.md (v1.53)',
    'https://docs.sigstore.dev/cosign/verifying/verify/',
  ],
  *evaluate({ snapshot, parameters: { scope, trustedSigners } }) {
    yield* eachImage(snapshot, scope, ({ inspect }) => judgeSignatures(inspect, trustedSigners));
  },
});

const byAPerson = 'which step verifies the signatures of images before they are used, and whose?';

const judgeSignatures = ({ Identity }: ImageInspect, trustedSigners: readonly string[]): Judgement => {
  if (trustedSigners.length === 0)
    return unknown(
      'No list says whose signatures count, so whether they are verified is for a person to say',
      `A person's answer, or the parameter trustedSigners: ${byAPerson}`,
    );
  if (Identity === undefined || Identity === null || Identity.Signature === undefined)
    return unknown(
      'This engine does not tell which signatures of the image it has verified',
      `An engine of API 1.53 with containerd's image store; else a person's answer: ${byAPerson}`,
    );
  const signatures = Identity.Signature ?? [];
  const verified = signatures.filter(({ Error: refusal }) => refusal === undefined || refusal === '');
  const signers = verified.map((signature) => signerOf(signature) ?? 'a signer that is not named');
  const refusals = signatures.flatMap(({ Error: refusal }) => (refusal ? [refusal] : []));
  const evidence: Evidence[] = [
    { source: 'Identity.Signature', value: signers },
    ...(refusals.length === 0 ? [] : [{ source: 'Identity.Signature[].Error', value: refusals }]),
  ];
  const trusted = verified
    .map(signerOf)
    .find((signer) => signer !== undefined && trustedSigners.some((pattern) => matchesPattern(signer, pattern)));
  if (trusted !== undefined) return pass(`The engine has verified a signature of ${trusted}`, evidence);
  if (refusals.length > 0) return fail('The engine has refused a signature of the image', evidence);
  return fail(
    signers.length === 0
      ? 'The image carries no signature that the engine could verify'
      : 'No signer of the image is trusted',
    evidence,
  );
};
