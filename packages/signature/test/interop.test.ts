// SPDX-License-Identifier: Apache-2.0
/**
 * Against the Go `notation`: NOTATION_GO names it, or `notation-go` is on PATH. Ours verifies there, theirs verifies here, and
 * both agree on every envelope of vectors/envelope save for the listed divergences.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf, Fault } from '@notary/base';
import { algorithmForKeySpec, hashForAlgorithm, type KeySpec } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import { counterpart } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  COSE_MEDIA_TYPE,
  checkEnvelope,
  decodeEnvelope,
  encodePayload,
  JWS_MEDIA_TYPE,
  PAYLOAD_CONTENT_TYPE,
  parseEnvelope,
  parsePayload,
  signEnvelope,
  verifyEnvelope,
} from '../src/index.ts';
import { identityOf, readJson } from './support.ts';

const SPECS: readonly KeySpec[] = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-256', 'EC-384', 'EC-521'];
const BLOB = new TextEncoder().encode('a blob\n');
const METADATA = { build: '42', 'io.example/who': 'a<b>&"c" \u00e9\u{1f600}' };

const go = counterpart('notation-go');

const newFolder = temporaryFolders('signature-interop-');

describe.skipIf(go === undefined)('the Go notation', () => {
  let home = '';
  const file = (name: string): string => join(home, name);
  const run = (...args: string[]) =>
    spawnSync(go as string, args, { env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home }, encoding: 'utf8' });

  beforeAll(async () => {
    home = newFolder();
    const config = join(home, 'notation');
    for (const type of ['ca', 'signingAuthority']) mkdirSync(join(config, `truststore/x509/${type}/test`), { recursive: true });
    const keys = [];
    for (const spec of SPECS) {
      const { key, chain } = await identityOf(spec);
      writeFileSync(file(`${spec}.key`), encodePem('PRIVATE KEY', key.pkcs8().reveal()));
      writeFileSync(file(`${spec}.crt`), chain.map((certificate) => encodePem('CERTIFICATE', certificate.der)).join(''));
      for (const type of ['ca', 'signingAuthority'])
        writeFileSync(join(config, `truststore/x509/${type}/test/${spec}.crt`), chain.at(-1)?.der ?? '');
      keys.push({ name: spec, keyPath: file(`${spec}.key`), certPath: file(`${spec}.crt`) });
    }
    writeFileSync(join(config, 'signingkeys.json'), JSON.stringify({ default: null, keys }));
    const statement = (name: string, level: string, globalPolicy: boolean) => ({
      name,
      globalPolicy,
      signatureVerification: { level },
      trustStores: ['ca:test', 'signingAuthority:test'],
      trustedIdentities: ['*'],
    });
    const trustPolicies = [statement('strict', 'strict', true), statement('audit', 'audit', false)];
    writeFileSync(join(config, 'trustpolicy.blob.json'), JSON.stringify({ version: '1.0', trustPolicies }));
    writeFileSync(file('blob'), BLOB);
  }, 120_000);

  for (const spec of SPECS) {
    for (const [format, mediaType] of [
      ['jws', JWS_MEDIA_TYPE],
      ['cose', COSE_MEDIA_TYPE],
    ] as const) {
      for (const rich of [false, true]) {
        it(`verifies ours: ${spec} ${format}${rich ? ' with expiry and metadata' : ''}`, async () => {
          const { signer } = await identityOf(spec);
          const algorithm = hashForAlgorithm(algorithmForKeySpec(spec)).toLowerCase().replace('-', '') as 'sha256' | 'sha384' | 'sha512';
          const target = {
            mediaType: 'text/plain',
            digest: digestOf(BLOB, algorithm),
            size: BLOB.length,
            annotations: rich ? METADATA : {},
          };
          const now = new Date(Math.max(Date.now(), Date.parse('2026-11-22T00:00:00Z')));
          const envelope = await signEnvelope({
            mediaType,
            payload: encodePayload(target, format),
            contentType: PAYLOAD_CONTENT_TYPE,
            signingTime: now,
            utcOffsetMinutes: rich ? 330 : 0,
            expiry: rich ? new Date(now.getTime() + 3_600_000) : undefined,
            signingScheme: rich && spec === 'EC-384' ? 'notary.x509.signingAuthority' : 'notary.x509',
            signingAgent: 'test/1.0',
            signer,
          });
          const signature = file(`ours.${format}.sig`);
          writeFileSync(signature, envelope);
          const metadata = rich ? Object.entries(METADATA).flatMap(([key, value]) => ['-m', `${key}=${value}`]) : [];
          const { status, stdout, stderr } = run(
            'blob',
            'verify',
            '--media-type',
            'text/plain',
            ...metadata,
            '-s',
            signature,
            file('blob'),
          );
          expect([status, stderr, stdout.split('\n')[0]]).toEqual([
            0,
            '',
            `Successfully verified signature ${signature}`.replace(signature, `for ${file('blob')}`),
          ]);
        });

        it(`is verified by ours: ${spec} ${format}${rich ? ' with expiry and metadata' : ''}`, async () => {
          const metadata = rich ? ['-e', '1h', ...Object.entries(METADATA).flatMap(([key, value]) => ['-m', `${key}=${value}`])] : [];
          const args = ['blob', 'sign', '--force', '--key', spec, '--signature-format', format, ...metadata, file('blob')];
          execFileSync(go as string, args, {
            env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, TZ: 'Asia/Kolkata' },
            stdio: 'ignore',
          });
          const bytes = new Uint8Array(readFileSync(file(`blob.${format}.sig`)));
          const { content } = await verifyEnvelope(await decodeEnvelope(bytes, mediaType));
          const { targetArtifact } = parsePayload(content.payload);
          expect(targetArtifact.size).toBe(BLOB.length);
          expect(targetArtifact.annotations).toEqual(new Map(rich ? Object.entries(METADATA) : []));
          // Signing the same claims ourselves gives the same bytes up to the signature.
          const { signer } = await identityOf(spec);
          const again = await signEnvelope({
            mediaType,
            payload: content.payload,
            contentType: content.contentType,
            signingTime: content.signingTime,
            utcOffsetMinutes: content.signingTimeText.endsWith('+05:30') ? 330 : 0,
            expiry: content.expiry,
            signingScheme: content.signingScheme,
            signingAgent: content.signingAgent ?? '',
            signer,
          });
          expect(again.length).toBe(bytes.length);
          const until = format === 'jws' ? bytes.lastIndexOf('"'.charCodeAt(0), bytes.length - 3) : bytes.length - content.signature.length;
          expect(again.subarray(0, until)).toEqual(bytes.subarray(0, until));
        });
      }
    }
  }

  interface Row {
    readonly id: string;
    readonly file: string;
    readonly mediaType: string;
  }
  for (const row of readJson<Row[]>('envelope/manifest.json')) {
    it(`agrees on ${row.id}`, async () => {
      const source = fileURLToPath(new URL(`../../../vectors/envelope/${row.file}`, import.meta.url));
      const copy = file(`vector.${row.mediaType === JWS_MEDIA_TYPE ? 'jws' : 'cose'}.sig`);
      copyFileSync(source, copy);
      const bytes = new Uint8Array(readFileSync(source));
      const ours = await says(async () => verifyEnvelope(await decodeEnvelope(bytes, row.mediaType)));
      const inspected = await says(async () => checkEnvelope(await parseEnvelope(bytes, row.mediaType)));
      const verify = run('blob', 'verify', '--policy-name', 'audit', '-s', copy, file('blob')).stderr.trim().split('\n').at(-1) ?? '';
      const inspect = run('blob', 'inspect', copy).stderr.trim();
      const theirs = [integrity(verify), structure(inspect)];
      if (DIVERGENT.test(row.id)) expect(theirs).not.toEqual([ours, inspected]);
      else expect([ours, inspected]).toEqual(theirs);
    });
  }
});

/** Envelopes on which we differ on purpose: stricter, bounded, or worded by a check that the Go tools lack or make elsewhere. */
const DIVERGENT =
  /^jws-(pss-salt-|duplicate-|loose-|x5c-line-break|trailing-payload|invalid-utf8|signature-huge|protected-(many|deep|not-object)|crit-(unknown|b64|plugin)|chain-(long|leaf-rsa-1024)|empty)|^cose-(empty|protected-many|signature-huge|crit-unknown|time-infinite|chain-long)/;

async function says(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
    return 'ok';
  } catch (e) {
    if (e instanceof Fault) return e.message;
    throw e;
  }
}

/** What the Go tool says about integrity: failures of later checks mean that integrity held. */
function integrity(line: string): string {
  const said = line.replace(/^Error: signature verification failed: /, '').replace(/^unable to parse the digital signature, error : /, '');
  return /content descriptor mismatch|integrity check failed|payload content type|failed to unmarshal/.test(said) ? 'ok' : said;
}

function structure(line: string): string {
  const said = line.replace(/^Error: (failed to parse signature: )?/, '');
  return said === '' || /payload content type|failed to unmarshal/.test(said) ? 'ok' : said;
}
