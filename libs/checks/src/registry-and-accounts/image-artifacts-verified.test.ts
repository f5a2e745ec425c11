import type { ImageInspect } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, anImage, aSnapshot, outcomesOf } from '../testing/builders.ts';
import artifactsVerified from './image-artifacts-verified.ts';

type Identity = ImageInspect['Identity'];
const signedBy = (...Signature: NonNullable<NonNullable<Identity>['Signature']>): Identity => ({
  Signature,
  Pull: undefined,
});
const signature = (given: Partial<NonNullable<NonNullable<Identity>['Signature']>[number]>) => ({
  Name: undefined,
  KnownSigner: undefined,
  Signer: undefined,
  Error: undefined,
  ...given,
});
const byCertificate = (Issuer: string | undefined, SubjectAlternativeName: string | undefined) =>
  signature({ Signer: { Issuer, SubjectAlternativeName } });
const used = (Identity: Identity) =>
  aSnapshot({ images: [anImage({ inspect: { Identity } })], containers: [aContainer()] });
const own = ['https://accounts.example build@example.com'];

test.for<[string, Identity, string[], string]>([
  [
    'passes with a signer that is trusted',
    signedBy(byCertificate('https://accounts.example', 'build@example.com')),
    own,
    'pass',
  ],
  [
    'passes with one trusted signer among others',
    signedBy(signature({}), signature({ KnownSigner: 'DHI' })),
    ['DHI'],
    'pass',
  ],
  [
    'passes by a pattern',
    signedBy(byCertificate('https://a.example', 'x@b.example')),
    ['https://a.example *@b.example'],
    'pass',
  ],
  ['does not take a subject for its own voucher', signedBy(byCertificate(undefined, 'build@example.com')), own, 'fail'],
  [
    'fails when another issuer vouches for the subject',
    signedBy(byCertificate('https://evil.example', 'build@example.com')),
    own,
    'fail',
  ],
  ['fails without any signature', signedBy(), own, 'fail'],
  [
    'fails on a signature that was refused',
    signedBy(signature({ KnownSigner: 'DHI', Error: 'expired' })),
    ['DHI'],
    'fail',
  ],
  ['can not tell on an engine that reports none', undefined, own, 'unknown'],
  ['can not tell when signatures are of no known form', { Signature: undefined, Pull: [] }, own, 'unknown'],
  ['leaves it to a person without a list of signers', signedBy(signature({ KnownSigner: 'DHI' })), [], 'unknown'],
])('%s', ([, identity, trustedSigners, outcome]) => {
  expect(outcomesOf(artifactsVerified, used(identity), { trustedSigners })).toEqual([outcome]);
});

test('asks nobody about an image that no container is made of', () => {
  expect(outcomesOf(artifactsVerified, aSnapshot({ images: [anImage()] }))).toEqual(['not-applicable']);
});
