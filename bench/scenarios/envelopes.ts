// SPDX-License-Identifier: Apache-2.0
/** Envelopes verified in process, beside the bare cost of the cryptography in them. */
import { toUtf8 } from '@notary/base';
import { algorithmForKeySpec, type KeySpec, type SignatureAlgorithm, verifySignature, verifyX509Signature } from '@notary/base/crypto';
import {
  ChainMemory,
  COSE_MEDIA_TYPE,
  createLocalSigner,
  decodeEnvelope,
  type EnvelopeMediaType,
  JWS_MEDIA_TYPE,
  PAYLOAD_CONTENT_TYPE,
  type Signer,
  signEnvelope,
  verifyEnvelope,
} from '@notary/signature';
import { createTestCa, type TestIdentity } from '@notary/testkit';
import { type Certificate, parseCertificate } from '@notary/x509';
import { type BenchContext, type Row, type Scenario, sampleRow, withAim } from '../harness.ts';

const ENVELOPES = 200;
const AT_MOST = 2;
/** Long enough for the compiler to have seen everything. */
const WARM_UP_SECONDS = 0.5;

interface Check {
  readonly algorithm: SignatureAlgorithm;
  readonly spki: Uint8Array;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
}

interface Prepared {
  readonly envelopes: readonly Uint8Array[];
  /** The one signature check in each. */
  readonly checks: readonly Check[];
}

async function prepare(identity: TestIdentity, keySpec: KeySpec, mediaType: EnvelopeMediaType): Promise<Prepared> {
  const inner = createLocalSigner(
    identity.key,
    identity.chain.map((der) => parseCertificate(der)),
  );
  const algorithm = algorithmForKeySpec(keySpec);
  const checks: Check[] = [];
  const signer: Signer = {
    keySpec: () => keySpec,
    async sign(data) {
      const signed = await inner.sign(data);
      checks.push({ algorithm, spki: identity.key.spki, data: data.slice(), signature: signed.signature });
      return signed;
    },
  };
  const envelopes: Uint8Array[] = [];
  for (let i = 0; i < ENVELOPES; i++) {
    const digest = `sha256:${i.toString(16).padStart(64, '0')}`;
    const payload = toUtf8(
      JSON.stringify({ targetArtifact: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 500 } }),
    );
    envelopes.push(
      await signEnvelope({
        mediaType,
        payload,
        contentType: PAYLOAD_CONTENT_TYPE,
        signingTime: new Date('2026-01-01T00:00:00Z'),
        signingScheme: 'notary.x509',
        signingAgent: 'bench',
        signer,
      }),
    );
  }
  return { envelopes, checks };
}

/** How often `work` is done in a second, over all items in turn. */
async function perSecond<T>(items: readonly T[], seconds: number, work: (item: T) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let count = 0;
  while (performance.now() - started < seconds * 1_000) {
    for (const item of items) await work(item);
    count += items.length;
  }
  return count / ((performance.now() - started) / 1_000);
}

/** The signature of each certificate of a chain, by the one above it; the last by itself. */
async function checkCertificates(chain: readonly Certificate[]): Promise<void> {
  for (const [i, certificate] of chain.entries()) {
    const { spki } = chain[i + 1] ?? certificate;
    const { oid, parameters } = certificate.signatureAlgorithm;
    const check = { algorithmOid: oid, algorithmParameters: parameters, spki, data: certificate.tbs, signature: certificate.signature };
    if (!(await verifyX509Signature(check))) throw new Error('a certificate does not verify');
  }
}

interface Subject {
  readonly identity: TestIdentity;
  readonly keySpec: KeySpec;
  readonly mediaType: EnvelopeMediaType;
  /** `known` remembers the chain of the signer, as a verifier of many artifacts does; `new` judges it each time. */
  readonly signer: 'known' | 'new';
}

async function row(context: BenchContext, subject: Subject): Promise<Row> {
  const { identity, keySpec, mediaType, signer } = subject;
  const title = `${mediaType === JWS_MEDIA_TYPE ? 'JWS' : 'COSE'} by ${keySpec}, ${signer} signer`;
  context.say(title);
  const { envelopes, checks } = await prepare(identity, keySpec, mediaType);
  const chain = identity.chain.map((der) => parseCertificate(der));
  const options = signer === 'known' ? { chains: new ChainMemory() } : {};
  // As verification does it: what `parseEnvelope` says beside is a claim that nobody needs here.
  const whole = async (bytes: Uint8Array): Promise<unknown> => verifyEnvelope(await decodeEnvelope(bytes, mediaType), options);
  const bare = async (check: Check): Promise<void> => {
    if (!(await verifySignature(check))) throw new Error('the signature does not verify');
    if (signer === 'new') await checkCertificates(chain);
  };
  const seconds = context.quick ? 0.1 : 0.5;
  await perSecond(envelopes, WARM_UP_SECONDS, whole);
  await perSecond(checks, WARM_UP_SECONDS, bare);
  const samples = new Map<string, number[]>([
    ['ours', []],
    ['bare signature checks', []],
  ]);
  for (let round = 0; round < Math.min(10, context.rounds); round++) {
    samples.get('ours')?.push(await perSecond(envelopes, seconds, whole));
    samples.get('bare signature checks')?.push(await perSecond(checks, seconds, bare));
  }
  const found = sampleRow(title, 'per second', 'more', samples);
  const cost = 1 / (found.comparisons['bare signature checks']?.ratio ?? 0);
  return withAim(found, `within ${AT_MOST} times the bare cost: ${cost.toFixed(2)}`, cost <= AT_MOST);
}

export const scenario: Scenario = {
  name: 'envelopes',
  title: 'Envelopes in process',
  about:
    'Ours: an envelope parsed; its structure, headers, signature and chain of two certificates checked. Bare: the signature checks in it by the same primitives, nothing parsed but the key, which is read and imported for each check: one where the chain of a known signer was judged before, three for a new signer. One core.',
  async run(context) {
    const rows: Row[] = [];
    for (const keySpec of ['RSA-2048', 'RSA-3072', 'EC-256', 'EC-384'] as const) {
      const ca = await createTestCa({ keyType: keySpec });
      const identity = await ca.codeSigner({ keyType: keySpec });
      for (const signer of ['known', 'new'] as const)
        for (const mediaType of [JWS_MEDIA_TYPE, COSE_MEDIA_TYPE] as const)
          rows.push(await row(context, { identity, keySpec, mediaType, signer }));
    }
    return rows;
  },
};
