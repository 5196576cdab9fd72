// SPDX-License-Identifier: Apache-2.0
/** Shared by the tests of this package: where data lies, and what a call ended with. */
import { readFileSync } from 'node:fs';
import { Fault } from '@notary/base';
import { generatePrivateKey, type KeySpec, type PrivateKey } from '@notary/base/crypto';
import { sharedVectors } from '@notary/testkit';
import { type Certificate, createCertificate, encodeName, parseCertificate } from '@notary/x509';
import { createLocalSigner, type Signer } from '../src/index.ts';

const repository = new URL('../../../', import.meta.url);

/** Bytes of a file of this repository. */
export const readVector = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(`vectors/${path}`, repository)));
export const readJson = <T>(path: string): T => JSON.parse(readFileSync(new URL(`vectors/${path}`, repository), 'utf8')) as T;

const shared = new URL('../shared/vectors/', repository);
/** Is there data beside the repository? Tests that need it are skipped without. */
export const hasShared = sharedVectors() !== undefined;
export const sharedFile = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, shared)));

/** `ok`, or the code of the fault that a call threw. Anything else that is thrown fails the test. */
export async function outcome(run: () => unknown): Promise<string> {
  try {
    await run();
    return 'ok';
  } catch (e) {
    if (e instanceof Fault && e.category !== 'internal') return e.code;
    throw e;
  }
}

/** The fault that a call throws. */
export async function faultOf(run: () => unknown): Promise<Fault> {
  try {
    await run();
  } catch (e) {
    if (e instanceof Fault) return e;
    throw e;
  }
  throw new Error('no fault was thrown');
}

export interface Identity {
  readonly spec: KeySpec;
  readonly key: PrivateKey;
  readonly chain: readonly Certificate[];
  readonly signer: Signer;
}

const NOT_BEFORE = new Date('2026-01-01T00:00:00Z');
const NOT_AFTER = new Date('2126-01-01T00:00:00Z');
const identities = new Map<string, Promise<Identity>>();

/** A signer with a chain of two, made once per key kind. */
export function identityOf(spec: KeySpec): Promise<Identity> {
  let made = identities.get(spec);
  if (made === undefined) identities.set(spec, (made = makeIdentity(spec)));
  return made;
}

const nameOf = (commonName: string): Uint8Array =>
  encodeName([
    [{ type: 'C', value: 'US' }],
    [{ type: 'ST', value: 'WA' }],
    [{ type: 'O', value: 'Notary' }],
    [{ type: 'CN', value: commonName }],
  ]);

async function makeIdentity(spec: KeySpec): Promise<Identity> {
  const rootKey = await generatePrivateKey('EC-256');
  const key = await generatePrivateKey(spec);
  const dates = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };
  const root = await createCertificate({
    ...dates,
    subject: nameOf('root'),
    publicKey: rootKey.spki,
    signer: rootKey,
    serialNumber: Uint8Array.of(1),
    basicConstraints: { critical: true, ca: true },
    keyUsage: { critical: true, bits: ['keyCertSign'] },
  });
  const leaf = await createCertificate({
    ...dates,
    subject: nameOf(spec),
    issuer: nameOf('root'),
    publicKey: key.spki,
    signer: rootKey,
    serialNumber: Uint8Array.of(2),
    basicConstraints: { critical: true, ca: false },
    keyUsage: { critical: true, bits: ['digitalSignature'] },
    extendedKeyUsage: { oids: ['1.3.6.1.5.5.7.3.3'] },
  });
  const chain = [parseCertificate(leaf), parseCertificate(root)];
  return { spec, key, chain, signer: createLocalSigner(key, chain) };
}
