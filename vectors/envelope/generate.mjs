// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the envelopes of this folder with OpenSSL (keys, certificates), node:crypto (signatures), jose (sound JWS) and cbor2
 * (COSE): none of the code under test. Keys live in a temporary folder and are not kept, so every run makes new bytes.
 *
 *   node vectors/envelope/generate.mjs
 */
import { execFileSync } from 'node:child_process';
import { constants, createPrivateKey, sign as nodeSign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode as cbor2Encode, Tag } from 'cbor2';
import { FlattenedSign, importPKCS8 } from 'jose';

const here = fileURLToPath(new URL('.', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'envelope-vectors-'));
const AT = '2027-01-01T00:00:00Z';
const SECONDS = Date.parse('2026-12-01T12:00:00Z') / 1000;
const N = 'io.cncf.notary.';

// ---- keys and certificates --------------------------------------------------------------------------------------------------

const openssl = (...args) => execFileSync('openssl', args, { cwd: work, stdio: ['ignore', 'pipe', 'ignore'] });
const der = (name) => openssl('x509', '-in', `${name}.crt`, '-outform', 'DER');

function key(name, spec) {
  const algorithm = spec.startsWith('RSA') ? ['RSA', '-pkeyopt', `rsa_keygen_bits:${spec.slice(4)}`] : ['EC', '-pkeyopt', `ec_paramgen_curve:${spec.replace('EC-', 'P-')}`];
  openssl('genpkey', '-algorithm', ...algorithm, '-out', `${name}.key`);
  return name;
}

const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';
const LEAF = 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n';

function certificate(name, issuer, extensions) {
  const subject = `/C=US/ST=WA/L=Seattle/O=Notary/CN=${name}`;
  writeFileSync(join(work, `${name}.ext`), extensions);
  openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
  const by = issuer === name ? ['-key', `${name}.key`] : ['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', '36500', '-extfile', `${name}.ext`, '-out', `${name}.crt`);
  return der(name);
}

/** Root, intermediate and leaf; DER, leaf first. */
function chain(name, spec) {
  key(`${name}-root`, 'EC-256');
  key(`${name}-ca`, 'EC-256');
  key(name, spec);
  const root = certificate(`${name}-root`, `${name}-root`, CA);
  const middle = certificate(`${name}-ca`, `${name}-root`, CA);
  const leaf = certificate(name, `${name}-ca`, LEAF);
  return { name, spec, x5c: [leaf, middle, root], key: createPrivateKey(readFileSync(join(work, `${name}.key`))) };
}

const ALGORITHMS = { 'RSA-2048': 'PS256', 'RSA-3072': 'PS384', 'RSA-4096': 'PS512', 'EC-256': 'ES256', 'EC-384': 'ES384', 'EC-521': 'ES512' };
const COSE_ALGORITHMS = { PS256: -37, PS384: -38, PS512: -39, ES256: -7, ES384: -35, ES512: -36 };
const hashOf = (algorithm) => `sha${algorithm.slice(2)}`;

function rawSign(identity, algorithm, data, saltLength) {
  if (algorithm.startsWith('ES')) return nodeSign(hashOf(algorithm), data, { key: identity.key, dsaEncoding: 'ieee-p1363' });
  if (algorithm.startsWith('RS')) return nodeSign(hashOf(algorithm), data, identity.key);
  const salt = saltLength ?? Number(algorithm.slice(2)) / 8;
  return nodeSign(hashOf(algorithm), data, { key: identity.key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt });
}

// ---- what is signed -----------------------------------------------------------------------------------------------------------

const TYPE = 'application/vnd.cncf.notary.payload.v1+json';
const DIGEST = `sha256:${'5f'.repeat(32)}`;
const PAYLOAD = `{"targetArtifact":{"digest":"${DIGEST}","mediaType":"application/vnd.oci.image.manifest.v1+json","size":942}}`;

const headers = (algorithm, extra = {}) => ({
  alg: algorithm,
  crit: [`${N}signingScheme`],
  cty: TYPE,
  [`${N}signingScheme`]: 'notary.x509',
  [`${N}signingTime`]: '2026-12-01T12:00:00Z',
  ...extra,
});
const without = (object, ...names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
const b64u = (value) => Buffer.from(value).toString('base64url');

const manifest = [];
function write(folder, id, bytes, clause, expect, rest = {}) {
  mkdirSync(join(here, folder), { recursive: true });
  const file = `${folder}/${id}.sig`;
  writeFileSync(join(here, file), bytes);
  manifest.push({ id: `${folder}-${id}`, file, mediaType: folder === 'jws' ? 'application/jose+json' : 'application/cose', clause, at: AT, expect, ...rest });
}

// ---- JWS ----------------------------------------------------------------------------------------------------------------------

/** The pieces of a JWS, each as text: what a case changes is passed in. */
function jwsParts(identity, change = {}) {
  const algorithm = change.algorithm ?? ALGORITHMS[identity.spec];
  const protectedText = change.protectedText ?? JSON.stringify(change.headers ?? headers(algorithm));
  const protectedPart = change.protectedPart ?? b64u(protectedText);
  const payloadPart = change.payloadPart ?? b64u(change.payload ?? PAYLOAD);
  const signature = change.signature ?? rawSign(identity, change.signWith ?? algorithm, Buffer.from(`${protectedPart}.${payloadPart}`), change.saltLength);
  return {
    payload: payloadPart,
    protected: protectedPart,
    header: change.header ?? { x5c: (change.x5c ?? identity.x5c).map((c) => Buffer.from(c).toString('base64')), [`${N}signingAgent`]: 'vectors/1.0' },
    signature: change.signaturePart ?? b64u(signature),
  };
}
const jws = (identity, change) => JSON.stringify(jwsParts(identity, change));
const flip = (bytes) => Buffer.from(bytes).map((b, i) => (i === 20 ? b ^ 1 : b));
/** Sets a pad bit that decoders overlook. */
function looseBits(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1)) + 1];
}

async function soundJws(id, identity, change, clause, rest) {
  const algorithm = ALGORITHMS[identity.spec];
  const signer = await importPKCS8(readFileSync(join(work, `${identity.name}.key`), 'utf8'), algorithm);
  const protectedHeader = change.headers ?? headers(algorithm);
  const names = Object.fromEntries(Object.keys(protectedHeader).map((name) => [name, true]));
  const signed = await new FlattenedSign(Buffer.from(change.payload ?? PAYLOAD))
    .setProtectedHeader(protectedHeader)
    .setUnprotectedHeader({ x5c: identity.x5c.map((c) => c.toString('base64')) })
    .sign(signer, { crit: names });
  write('jws', id, JSON.stringify(change.wrap ? change.wrap(signed) : signed), clause, 'ok', rest);
}

const AUTHORITY = { crit: [`${N}signingScheme`, `${N}authenticSigningTime`], [`${N}signingScheme`]: 'notary.x509.signingAuthority', [`${N}authenticSigningTime`]: '2026-12-01T12:00:00Z' };
const EXPIRY = { crit: [`${N}signingScheme`, `${N}expiry`], [`${N}expiry`]: '2027-12-01T12:00:00Z' };
const UNKNOWN = { crit: [`${N}signingScheme`, 'com.example.rule'], 'com.example.rule': 'x' };

async function jwsVectors(ids) {
  const { rsa, p256 } = ids;
  const rsaHeaders = headers('PS256');
  const ecHeaders = headers('ES256');
  for (const identity of Object.values(ids)) await soundJws(`ok-${identity.name}`, identity, {}, 'JWS envelope: six algorithms');
  await soundJws('ok-authority', p256, { headers: { ...without(ecHeaders, `${N}signingTime`), ...AUTHORITY } }, 'signing scheme notary.x509.signingAuthority', { scheme: 'notary.x509.signingAuthority' });
  await soundJws('ok-expiry', p256, { headers: { ...ecHeaders, ...EXPIRY } }, 'expiry is critical', { expiry: '2027-12-01T12:00:00.000Z' });
  await soundJws('ok-zone', p256, { headers: { ...ecHeaders, [`${N}signingTime`]: '2026-12-01T14:00:00.25+02:00' } }, 'RFC 3339 times with offset and fraction', { signingTime: '2026-12-01T12:00:00.250Z' });
  await soundJws('ok-attribute', p256, { headers: { ...ecHeaders, 'com.example.note': { b: [1, 'x'], a: null } } }, 'extended attributes that are not critical are kept', { attributes: { 'com.example.note': 'map[a:<nil> b:[1 x]]' } });
  await soundJws('ok-name-case', p256, { wrap: (e) => ({ Payload: e.payload, PROTECTED: e.protected, Header: { X5C: e.header.x5c }, sIGNATURE: e.signature }) }, 'Go matches member names in any case');
  await soundJws('ok-unknown-member', p256, { wrap: (e) => ({ ...e, extra: [{}], header: { ...e.header, more: 1 } }) }, 'unknown unsigned members are ignored');
  await soundJws('ok-annotations', p256, { payload: PAYLOAD.replace('"digest"', '"annotations":{"a<b>&c":"\u00e9\u2028\u{1f600}"},"digest"') }, 'annotations with any character');

  const no = (id, clause, expect, change, rest) => write('jws', id, typeof change === 'string' || Buffer.isBuffer(change) ? change : jws(change.as ?? p256, change), clause, expect, rest);
  const both = (code) => ({ inspect: code });
  const okInspect = both('ok');

  // algorithms follow from the key
  no('alg-none', 'alg is one of six', 'ENVELOPE_ALGORITHM_INVALID', { headers: { ...ecHeaders, alg: 'none' }, signature: Buffer.alloc(0) }, both('JWS_ALGORITHM_UNSUPPORTED'));
  no('alg-hs256', 'alg is one of six', 'ENVELOPE_ALGORITHM_INVALID', { headers: { ...ecHeaders, alg: 'HS256' } }, both('JWS_ALGORITHM_UNSUPPORTED'));
  no('alg-rs256', 'RSA signatures are PSS', 'ENVELOPE_ALGORITHM_INVALID', { as: rsa, headers: { ...rsaHeaders, alg: 'RS256' }, signWith: 'RS256' }, both('JWS_ALGORITHM_UNSUPPORTED'));
  no('alg-unknown', 'alg is one of six', 'ENVELOPE_ALGORITHM_INVALID', { headers: { ...ecHeaders, alg: 'ES257' } }, both('JWS_ALGORITHM_UNSUPPORTED'));
  no('alg-absent', 'alg is present', 'ENVELOPE_ALGORITHM_INVALID', { headers: without(ecHeaders, 'alg') }, both('JWS_ALGORITHM_UNSUPPORTED'));
  no('alg-other-case', 'alg by its exact name', 'ENVELOPE_ALGORITHM_INVALID', { headers: { ALG: 'ES256', ...without(ecHeaders, 'alg') } }, okInspect);
  no('alg-rsa-on-ec', 'alg matches the signing key', 'ENVELOPE_ALGORITHM_INVALID', { headers: { ...ecHeaders, alg: 'PS256' } }, both('ENVELOPE_ALGORITHM_KEY_MISMATCH'));
  no('alg-ec-on-rsa', 'alg matches the signing key', 'ENVELOPE_ALGORITHM_INVALID', { as: rsa, headers: { ...rsaHeaders, alg: 'ES256' } }, both('ENVELOPE_ALGORITHM_KEY_MISMATCH'));
  no('alg-other-size', 'alg matches the size of the key', 'ENVELOPE_ALGORITHM_KEY_MISMATCH', { as: rsa, algorithm: 'PS512' });
  no('pss-salt-empty', 'the PSS salt is as long as the hash', 'ENVELOPE_PSS_SALT_INVALID', { as: rsa, saltLength: 0 }, okInspect);
  no('pss-salt-longest', 'the PSS salt is as long as the hash', 'ENVELOPE_PSS_SALT_INVALID', { as: rsa, saltLength: constants.RSA_PSS_SALTLEN_MAX_SIGN }, okInspect);
  no('pkcs1-signature', 'RSA signatures are PSS', 'ENVELOPE_SIGNATURE_INVALID', { as: rsa, signWith: 'RS256' }, okInspect);
  no('ecdsa-der', 'EC signatures are r and s of fixed size', 'ENVELOPE_SIGNATURE_INVALID', { signature: nodeSign('sha256', Buffer.from(`${b64u(JSON.stringify(ecHeaders))}.${b64u(PAYLOAD)}`), p256.key) }, okInspect);

  // integrity
  const good = jwsParts(p256);
  const rsaGood = jwsParts(rsa);
  const raw = (parts) => JSON.stringify(parts);
  no('tampered-signature', 'integrity', 'ENVELOPE_SIGNATURE_INVALID', raw({ ...good, signature: b64u(flip(Buffer.from(good.signature, 'base64url'))) }), okInspect);
  no('tampered-signature-rsa', 'integrity', 'ENVELOPE_SIGNATURE_INVALID', raw({ ...rsaGood, signature: b64u(flip(Buffer.from(rsaGood.signature, 'base64url'))) }), okInspect);
  no('tampered-payload', 'integrity', 'ENVELOPE_SIGNATURE_INVALID', raw({ ...good, payload: b64u(PAYLOAD.replace('942', '943')) }), okInspect);
  no('tampered-header', 'integrity', 'ENVELOPE_SIGNATURE_INVALID', raw({ ...good, protected: b64u(JSON.stringify({ ...ecHeaders, [`${N}signingTime`]: '2026-12-01T12:00:01Z' })) }), { ...okInspect, signingTime: '2026-12-01T12:00:01.000Z' });
  no('signature-empty', 'the signature is present', 'ENVELOPE_SIGNATURE_INVALID', raw({ ...good, signature: '' }), both('JWS_SIGNATURE_ABSENT'));
  no('signature-long', 'r and s have the size of the curve', 'ENVELOPE_SIGNATURE_INVALID', raw({ ...good, signature: b64u(Buffer.concat([Buffer.from(good.signature, 'base64url'), Buffer.alloc(2)])) }), okInspect);
  no('signature-huge', 'bound on the signature', 'ENVELOPE_TOO_LARGE', raw({ ...good, signature: b64u(Buffer.alloc(2000)) }));
  no('other-key', 'the leaf certificate holds the key', 'ENVELOPE_SIGNATURE_INVALID', { x5c: ids.other.x5c }, okInspect);

  // one text for one envelope
  no('duplicate-member', 'members are unique', 'JWS_DUPLICATE_KEY', raw(good).replace('{', `{"payload":"${b64u('{}')}",`));
  no('duplicate-member-case', 'members are unique in any case', 'JWS_DUPLICATE_KEY', raw(good).replace('{', `{"Payload":"${b64u('{}')}",`));
  no('duplicate-x5c', 'members are unique', 'JWS_DUPLICATE_KEY', raw(good).replace('"header":{', '"header":{"x5c":[],'));
  no('duplicate-protected', 'header names are unique (RFC 7515 4)', 'JWS_DUPLICATE_KEY', { protectedText: JSON.stringify(ecHeaders).replace('{', '{"alg":"none",') });
  no('duplicate-protected-case', 'header names are unique in any case', 'JWS_DUPLICATE_KEY', { protectedText: JSON.stringify(ecHeaders).replace('{', '{"CTY":"text/plain",') });
  no('duplicate-payload', 'payload members are unique', 'JWS_DUPLICATE_KEY', { payload: PAYLOAD.replace('{', `{"targetArtifact":{"digest":"sha256:${'00'.repeat(32)}"},`) }, okInspect);
  no('trailing-envelope', 'nothing follows the envelope', 'JWS_TRAILING_BYTES', `${raw(good)}{}`);
  no('trailing-protected', 'nothing follows the header', 'JWS_TRAILING_BYTES', { protectedText: `${JSON.stringify(ecHeaders)} 1` });
  no('trailing-payload', 'nothing follows the payload', 'JWS_TRAILING_BYTES', { payload: `${PAYLOAD}{}` }, okInspect);
  no('padded-payload', 'base64url has no padding', 'JWS_BASE64_INVALID', { payload: `${PAYLOAD} `, payloadPart: Buffer.from(`${PAYLOAD} `.padEnd(Math.ceil((PAYLOAD.length + 1) / 3) * 3 + 1)).toString('base64').replaceAll('+', '-').replaceAll('/', '_') });
  no('padded-protected', 'base64url has no padding', 'JWS_BASE64_INVALID', { protectedPart: `${b64u(JSON.stringify(headers('ES256')).padEnd(400))}==` });
  no('loose-protected', 'pad bits are zero', 'JWS_BASE64_NOT_CANONICAL', { protectedPart: looseBits(b64u(JSON.stringify(ecHeaders).padEnd(400))) });
  no('loose-payload', 'pad bits are zero', 'JWS_BASE64_NOT_CANONICAL', { payloadPart: looseBits(b64u(PAYLOAD.padEnd(400))) });
  no('loose-signature', 'pad bits are zero', 'JWS_BASE64_NOT_CANONICAL', raw({ ...good, signature: looseBits(good.signature) }));
  no('standard-alphabet', 'base64url has its own alphabet', 'JWS_BASE64_INVALID', raw({ ...good, signature: `+${good.signature.slice(1)}` }));
  no('x5c-line-break', 'base64 has no line breaks', 'JWS_BASE64_NOT_CANONICAL', raw({ ...good, header: { x5c: good.header.x5c.map((c) => `${c.slice(0, 64)}\n${c.slice(64)}`) } }));
  no('x5c-url-alphabet', 'x5c is standard base64', 'JWS_BASE64_INVALID', raw({ ...good, header: { x5c: good.header.x5c.map((c) => `_${c.slice(1)}`) } }));
  no('invalid-utf8', 'JSON is UTF-8', 'JWS_MALFORMED', Buffer.concat([Buffer.from(raw(good).slice(0, -1)), Buffer.from(',"x":"'), Buffer.from([0xc0, 0x80]), Buffer.from('"}')]));
  no('byte-order-mark', 'JSON has no byte order mark', 'JWS_MALFORMED', Buffer.from(`\ufeff${raw(good)}`));

  // structure
  no('empty', 'an envelope is present', 'JWS_MALFORMED', '');
  no('truncated', 'the envelope is whole', 'JWS_MALFORMED', raw(good).slice(0, -10));
  no('compact', 'flattened JSON serialization', 'JWS_MALFORMED', `${good.protected}.${good.payload}.${good.signature}`);
  no('array', 'the envelope is an object', 'JWS_MALFORMED', `[${raw(good)}]`);
  no('general-serialization', 'flattened, not general serialization', 'ENVELOPE_CHAIN_ABSENT', JSON.stringify({ payload: good.payload, signatures: [{ protected: good.protected, header: good.header, signature: good.signature }] }), both('JWS_PROTECTED_MALFORMED'));
  no('payload-number', 'members have their types', 'JWS_MALFORMED', raw({ ...good, payload: 1 }));
  no('header-text', 'members have their types', 'JWS_MALFORMED', raw({ ...good, header: 'x' }));
  no('x5c-text', 'x5c is a list', 'JWS_MALFORMED', raw({ ...good, header: { x5c: good.header.x5c[0] } }));
  no('payload-not-object', 'a JWS payload is a JSON object', 'JWS_MALFORMED', { payload: '"text"' }, okInspect);
  no('payload-empty', 'the payload is present', 'JWS_MALFORMED', { payload: '' }, both('ENVELOPE_PAYLOAD_ABSENT'));
  no('protected-not-object', 'the header is an object', 'JWS_PROTECTED_MALFORMED', { protectedText: '[]' });
  no('protected-not-json', 'the header is JSON', 'JWS_PROTECTED_MALFORMED', { protectedText: '{alg}' });
  no('protected-alg-number', 'header values have their types', 'ENVELOPE_ALGORITHM_INVALID', { headers: { ...ecHeaders, alg: 7 } }, both('JWS_PROTECTED_MALFORMED'));
  no('protected-crit-text', 'crit is a list', 'JWS_PROTECTED_MALFORMED', { headers: { ...ecHeaders, crit: `${N}signingScheme` } });
  no('protected-many', 'bound on extended attributes', 'ENVELOPE_TOO_LARGE', { headers: { ...ecHeaders, ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`x${i}`, 1])) } });
  no('protected-deep', 'bound on nesting', 'JSON_TOO_DEEP', { protectedText: JSON.stringify(ecHeaders).replace('{', `{"x":${'['.repeat(70)}${']'.repeat(70)},`) });

  // crit
  no('crit-absent', 'crit is present', 'JWS_CRIT_ABSENT', { headers: without(ecHeaders, 'crit') });
  no('crit-empty', 'crit is not empty', 'JWS_CRIT_ABSENT', { headers: { ...ecHeaders, crit: [] } });
  no('crit-without-scheme', 'signingScheme is critical', 'JWS_CRIT_INCOMPLETE', { headers: { ...ecHeaders, crit: ['x'], x: 1 } });
  no('crit-without-expiry', 'expiry is critical', 'JWS_CRIT_INCOMPLETE', { headers: { ...ecHeaders, [`${N}expiry`]: '2027-12-01T12:00:00Z' } });
  no('crit-without-authentic-time', 'authenticSigningTime is critical', 'JWS_CRIT_INCOMPLETE', { headers: { ...without(ecHeaders, `${N}signingTime`), ...AUTHORITY, crit: [`${N}signingScheme`] } });
  no('crit-names-absent', 'crit names headers that are present', 'JWS_CRIT_NAMES_ABSENT', { headers: { ...ecHeaders, crit: [`${N}signingScheme`, 'com.example.absent'] } });
  no('crit-repeats', 'crit names a header once', 'JWS_CRIT_NAMES_ABSENT', { headers: { ...ecHeaders, crit: [`${N}signingScheme`, `${N}signingScheme`] } });
  no('crit-names-system', 'crit names no header that is not critical by rule', 'JWS_CRIT_NAMES_ABSENT', { headers: { ...ecHeaders, crit: [`${N}signingScheme`, 'alg'] } });
  no('crit-unknown', 'unknown critical attributes must be processed', 'ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED', { headers: { ...ecHeaders, ...UNKNOWN } }, okInspect);
  no('crit-b64', 'unencoded payloads (RFC 7797) are not understood', 'ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED', { headers: { ...ecHeaders, crit: [`${N}signingScheme`, 'b64'], b64: true } }, okInspect);
  no('crit-plugin', 'a verification plugin must be there', 'ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED', { headers: { ...ecHeaders, crit: [`${N}signingScheme`, `${N}verificationPlugin`], [`${N}verificationPlugin`]: 'com.example.plugin' } }, { ...okInspect, attributes: { [`${N}verificationPlugin`]: 'com.example.plugin' } });

  // schemes and times
  no('scheme-absent', 'the scheme is present', 'JWS_SCHEME_UNSUPPORTED', { headers: without(ecHeaders, `${N}signingScheme`) });
  no('scheme-unknown', 'the scheme is one of two', 'JWS_SCHEME_UNSUPPORTED', { headers: { ...ecHeaders, [`${N}signingScheme`]: 'notary.x509.other' } });
  no('scheme-x509-authentic-time', 'authenticSigningTime belongs to the authority', 'JWS_HEADER_FORBIDDEN', { headers: { ...ecHeaders, [`${N}authenticSigningTime`]: '2026-12-01T12:00:00Z' } });
  no('scheme-authority-signing-time', 'signingTime belongs to notary.x509', 'JWS_HEADER_FORBIDDEN', { headers: { ...ecHeaders, ...AUTHORITY } });
  no('scheme-authority-no-time', 'the authority vouches for a time', 'JWS_HEADER_ABSENT', { headers: { ...without(ecHeaders, `${N}signingTime`), ...without(AUTHORITY, `${N}authenticSigningTime`) } });
  no('time-absent', 'the signing time is present', 'ENVELOPE_SIGNING_TIME_ABSENT', { headers: without(ecHeaders, `${N}signingTime`) });
  no('time-zero', 'the signing time is a time', 'ENVELOPE_SIGNING_TIME_ABSENT', { headers: { ...ecHeaders, [`${N}signingTime`]: '0001-01-01T00:00:00Z' } });
  no('time-malformed', 'times are RFC 3339', 'JWS_PROTECTED_MALFORMED', { headers: { ...ecHeaders, [`${N}signingTime`]: '2026-12-01 12:00:00Z' } });
  no('time-number', 'times are texts', 'JWS_PROTECTED_MALFORMED', { headers: { ...ecHeaders, [`${N}signingTime`]: SECONDS } });
  no('time-leap', 'times have no leap seconds', 'JWS_PROTECTED_MALFORMED', { headers: { ...ecHeaders, [`${N}signingTime`]: '2016-12-31T23:59:60Z' } });
  no('expiry-equal', 'expiry is after signing', 'ENVELOPE_EXPIRY_NOT_AFTER_SIGNING', { headers: { ...ecHeaders, ...EXPIRY, [`${N}expiry`]: '2026-12-01T12:00:00Z' } });
  no('expiry-before', 'expiry is after signing', 'ENVELOPE_EXPIRY_NOT_AFTER_SIGNING', { headers: { ...ecHeaders, ...EXPIRY, [`${N}expiry`]: '2026-12-01T13:30:00+02:00' } });

  chainVectors(ids, (id, clause, expect, x5c, rest) => no(id, clause, expect, { ...(rest?.as ? { as: rest.as } : {}), x5c }, without(rest ?? {}, 'as')));
}

// ---- COSE ---------------------------------------------------------------------------------------------------------------------

const cbor = (value) => Buffer.from(cbor2Encode(value, { sortKeys: null, avoidInts: false }));
const time = (seconds) => new Tag(1, seconds);

const coseHeaders = (algorithm, ...extra) =>
  new Map([[1, COSE_ALGORITHMS[algorithm]], [2, [`${N}signingScheme`]], [3, TYPE], [`${N}signingTime`, time(SECONDS)], [`${N}signingScheme`, 'notary.x509'], ...extra]);

/** Head of a byte string. */
const bstr = (bytes) => {
  const n = bytes.length;
  const head = n < 24 ? [0x40 | n] : n < 256 ? [0x58, n] : n < 65536 ? [0x59, n >> 8, n & 255] : [0x5a, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
  return Buffer.concat([Buffer.from(head), Buffer.from(bytes)]);
};

function cosePieces(identity, change = {}) {
  const algorithm = change.algorithm ?? ALGORITHMS[identity.spec];
  const header = change.protectedBytes ?? cbor(change.headers ?? coseHeaders(algorithm));
  const payload = Buffer.from(change.payload ?? PAYLOAD);
  const toBeSigned = Buffer.concat([Buffer.from([0x84, 0x6a]), Buffer.from('Signature1'), bstr(header), Buffer.from([0x40]), bstr(payload)]);
  const signature = change.signature ?? rawSign(identity, change.signWith ?? algorithm, toBeSigned, change.saltLength);
  const unprotected = change.unprotectedBytes ?? cbor(change.unprotected ?? new Map([[33, (change.x5c ?? identity.x5c).map((c) => new Uint8Array(c))], [`${N}signingAgent`, 'vectors/1.0']]));
  return { header, unprotected, payload, signature };
}
const assemble = (p) => Buffer.concat([Buffer.from([0xd2, 0x84]), p.headerItem ?? bstr(p.header), p.unprotected, p.payloadItem ?? bstr(p.payload), p.signatureItem ?? bstr(p.signature)]);
const cose = (identity, change) => assemble(cosePieces(identity, change));

function coseVectors(ids) {
  const { rsa, p256 } = ids;
  const H = (...extra) => coseHeaders('ES256', ...extra);
  const drop = (map, ...labels) => new Map([...map].filter(([label]) => !labels.includes(label)));
  const ok = (id, clause, change, rest) => write('cose', id, cose(change.as ?? p256, change), clause, 'ok', rest);
  const no = (id, clause, expect, change, rest) => write('cose', id, Buffer.isBuffer(change) ? change : cose(change.as ?? p256, change), clause, expect, rest);
  const okInspect = { inspect: 'ok' };
  const inspect = (code) => ({ inspect: code });
  const authority = (...labels) => new Map([...drop(H(), `${N}signingTime`), [`${N}signingScheme`, 'notary.x509.signingAuthority'], [`${N}authenticSigningTime`, time(SECONDS)], [2, labels]]);

  for (const identity of Object.values(ids)) ok(`ok-${identity.name}`, 'COSE envelope: six algorithms', { as: identity });
  ok('ok-authority', 'signing scheme notary.x509.signingAuthority', { headers: authority(`${N}signingScheme`, `${N}authenticSigningTime`) }, { scheme: 'notary.x509.signingAuthority' });
  ok('ok-expiry', 'expiry is critical', { headers: H([`${N}expiry`, time(SECONDS + 86400)], [2, [`${N}signingScheme`, `${N}expiry`]]) }, { expiry: '2026-12-02T12:00:00.000Z' });
  ok('ok-float-time', 'Go reads times that are floats', { headers: H([`${N}signingTime`, time(SECONDS + 0.5)]) }, { signingTime: '2026-12-01T12:00:00.500Z' });
  ok('ok-long-integers', 'Go reads integers that are longer than they must be', { protectedBytes: Buffer.concat([Buffer.from([0xb8, 0x05, 0x18, 0x01, 0x26]), cbor(drop(H(), 1)).subarray(1)]) });
  ok('ok-long-bstr', 'the length of the protected header may be written long', { protectedBytes: cbor(H()) });
  ok('ok-integer-attribute', 'extended attributes may have integer keys', { headers: H([-70000, ['a', 1, new Uint8Array([1, 2]), true, null]], ['com.example.map', new Map([['b', 1], [2, 'x']])]) }, { attributes: { '-70000': '[a 1 [1 2] true <nil>]', 'com.example.map': 'map[2:x b:1]' } });
  ok('ok-tagged-attribute', 'extended attributes may be tagged', { headers: H(['com.example.uri', new Tag(32, 'https://example.com')], ['com.example.when', time(0)]) }, { attributes: { 'com.example.uri': '{32 https://example.com}', 'com.example.when': '1970-01-01 00:00:00 +0000 UTC' } });
  ok('ok-any-payload', 'a COSE payload is any bytes', { payload: Buffer.from([0, 255, 1]), headers: H([3, 'application/octet-stream']) });

  // algorithms follow from the key
  no('alg-absent', 'alg is present', 'ENVELOPE_ALGORITHM_INVALID', { headers: drop(H(), 1) }, inspect('COSE_ALGORITHM_UNSUPPORTED'));
  no('alg-text', 'alg is one of six', 'ENVELOPE_ALGORITHM_INVALID', { headers: H([1, 'ES256']) }, inspect('COSE_ALGORITHM_UNSUPPORTED'));
  no('alg-float', 'alg is an integer', 'COSE_HEADER_INVALID', { protectedBytes: Buffer.from(cbor(H()).toString('hex').replace(/^a50126/, 'a501f9c700'), 'hex') });
  no('alg-reserved', 'alg is one of six', 'ENVELOPE_ALGORITHM_INVALID', { headers: H([1, 0]) }, inspect('COSE_ALGORITHM_UNSUPPORTED'));
  no('alg-rs256', 'RSA signatures are PSS', 'ENVELOPE_ALGORITHM_INVALID', { as: rsa, headers: coseHeaders('PS256', [1, -257]), signWith: 'RS256' }, inspect('COSE_ALGORITHM_UNSUPPORTED'));
  no('alg-rsa-on-ec', 'alg matches the signing key', 'ENVELOPE_ALGORITHM_INVALID', { headers: H([1, -37]) }, inspect('ENVELOPE_ALGORITHM_KEY_MISMATCH'));
  no('alg-other-size', 'alg matches the size of the key', 'ENVELOPE_ALGORITHM_SWAPPED', { as: rsa, algorithm: 'PS512' }, inspect('ENVELOPE_ALGORITHM_KEY_MISMATCH'));
  no('pss-salt-empty', 'the PSS salt is as long as the hash', 'ENVELOPE_PSS_SALT_INVALID', { as: rsa, saltLength: 0 }, okInspect);
  no('pss-salt-longest', 'the PSS salt is as long as the hash', 'ENVELOPE_PSS_SALT_INVALID', { as: rsa, saltLength: constants.RSA_PSS_SALTLEN_MAX_SIGN }, okInspect);

  // integrity
  const good = cosePieces(p256);
  no('tampered-signature', 'integrity', 'ENVELOPE_SIGNATURE_INVALID', assemble({ ...good, signature: flip(good.signature) }), okInspect);
  no('tampered-payload', 'integrity', 'ENVELOPE_SIGNATURE_INVALID', assemble({ ...good, payload: Buffer.from(PAYLOAD.replace('942', '943')) }), okInspect);
  no('tampered-header', 'integrity', 'ENVELOPE_SIGNATURE_INVALID', assemble({ ...good, header: cbor(H([`${N}signingTime`, time(SECONDS + 1)])) }), { ...okInspect, signingTime: '2026-12-01T12:00:01.000Z' });
  no('signature-long', 'r and s have the size of the curve', 'ENVELOPE_SIGNATURE_INVALID', assemble({ ...good, signature: Buffer.concat([good.signature, Buffer.alloc(2)]) }), okInspect);
  no('other-key', 'the leaf certificate holds the key', 'ENVELOPE_SIGNATURE_INVALID', { x5c: ids.other.x5c }, okInspect);

  // one form, whole
  const whole = assemble(good);
  no('empty', 'an envelope is present', 'COSE_MALFORMED', Buffer.alloc(0));
  no('truncated', 'the envelope is whole', 'COSE_MALFORMED', whole.subarray(0, -10));
  no('untagged', 'COSE_Sign1 is tagged', 'COSE_MALFORMED', whole.subarray(1));
  no('long-tag', 'the tag has its shortest form', 'COSE_MALFORMED', Buffer.concat([Buffer.from([0xd8, 0x12]), whole.subarray(1)]));
  no('five-items', 'an array of four', 'COSE_MALFORMED', Buffer.concat([Buffer.from([0xd2, 0x85]), whole.subarray(2), Buffer.from([0xf6])]));
  no('trailing', 'nothing follows the envelope', 'COSE_TRAILING_BYTES', Buffer.concat([whole, Buffer.from([0])]));
  no('trailing-protected', 'nothing follows the header', 'COSE_TRAILING_BYTES', { protectedBytes: Buffer.concat([cbor(H()), Buffer.from([0])]) });
  no('indefinite-array', 'lengths are definite', 'COSE_MALFORMED', Buffer.concat([Buffer.from([0xd2, 0x9f]), whole.subarray(2), Buffer.from([0xff])]));
  no('indefinite-protected', 'lengths are definite', 'COSE_INDEFINITE_LENGTH', { protectedBytes: Buffer.concat([Buffer.from([0xbf]), cbor(H()).subarray(1), Buffer.from([0xff])]) });
  no('indefinite-payload', 'lengths are definite', 'COSE_INDEFINITE_LENGTH', assemble({ ...good, payloadItem: Buffer.concat([Buffer.from([0x5f]), bstr(good.payload), Buffer.from([0xff])]) }));
  no('duplicate-protected', 'labels are unique', 'COSE_DUPLICATE_LABEL', { protectedBytes: Buffer.concat([Buffer.from([0xa6, 0x01, 0x26]), cbor(H()).subarray(1)]) });
  no('duplicate-protected-long', 'labels are unique in any width', 'COSE_DUPLICATE_LABEL', { protectedBytes: Buffer.concat([Buffer.from([0xa6, 0x18, 0x01, 0x26]), cbor(H()).subarray(1)]) });
  no('duplicate-unprotected', 'labels are unique', 'COSE_DUPLICATE_LABEL', assemble({ ...good, unprotected: Buffer.concat([Buffer.from([0xa3, 0x18, 0x21, 0x80]), good.unprotected.subarray(1)]) }));
  no('invalid-utf8', 'texts are UTF-8', 'COSE_MALFORMED', { protectedBytes: Buffer.concat([Buffer.from([0xa6, 0x61, 0xff, 0x00]), cbor(H()).subarray(1)]) });
  no('deep', 'bound on nesting', 'CBOR_TOO_DEEP', { protectedBytes: Buffer.concat([Buffer.from([0xa6, 0x61, 0x78, ...Array(40).fill(0x81), 0x00]), cbor(H()).subarray(1)]) });
  no('tag-unprotected', 'unprotected headers have no tags', 'COSE_MALFORMED', { unprotected: new Map([[33, p256.x5c.map((c) => new Uint8Array(c))], ['x', time(1)]]) });
  no('tag-content', 'tag 1 holds a number', 'COSE_MALFORMED', { headers: H(['x', new Tag(1, 'text')]) });
  no('label-bytes', 'labels are integers or texts', 'COSE_HEADER_INVALID', { protectedBytes: Buffer.concat([Buffer.from([0xa6, 0x41, 0x01, 0x00]), cbor(H()).subarray(1)]) });
  no('protected-array', 'the header is a map', 'COSE_MALFORMED', { protectedBytes: Buffer.from([0x80]) });
  no('protected-empty', 'the header says how it was signed', 'ENVELOPE_ALGORITHM_INVALID', { protectedBytes: Buffer.alloc(0) }, inspect('COSE_CONTENT_TYPE_ABSENT'));
  no('protected-nil', 'the header is bytes', 'COSE_MALFORMED', assemble({ ...good, headerItem: Buffer.from([0xf6]) }));
  no('protected-many', 'bound on extended attributes', 'ENVELOPE_TOO_LARGE', { headers: H(...Array.from({ length: 300 }, (_, i) => [`x${i}`, 1])) });
  no('unprotected-array', 'the unprotected header is a map', 'COSE_MALFORMED', { unprotectedBytes: Buffer.from([0x80]) });
  no('payload-nil', 'the payload is attached', 'COSE_PAYLOAD_DETACHED', assemble({ ...good, payloadItem: Buffer.from([0xf6]) }), inspect('ENVELOPE_PAYLOAD_ABSENT'));
  no('payload-empty', 'the payload is present', 'ENVELOPE_PAYLOAD_ABSENT', { payload: '' });
  no('payload-text', 'the payload is bytes', 'COSE_MALFORMED', assemble({ ...good, payloadItem: Buffer.from([0x61, 0x78]) }));
  no('signature-nil', 'the signature is present', 'COSE_SIGNATURE_ABSENT', assemble({ ...good, signatureItem: Buffer.from([0xf6]) }));
  no('signature-empty', 'the signature is present', 'COSE_SIGNATURE_ABSENT', assemble({ ...good, signatureItem: Buffer.from([0x40]) }));
  no('signature-huge', 'bound on the signature', 'ENVELOPE_TOO_LARGE', { signature: Buffer.alloc(2000) }, okInspect);

  // generic parameters
  no('iv-both', 'IV and Partial IV exclude each other', 'COSE_HEADER_INVALID', { headers: H([5, new Uint8Array(8)], [6, new Uint8Array(2)]) });
  no('iv-over-buckets', 'IV and Partial IV exclude each other', 'COSE_HEADER_INVALID', { headers: H([5, new Uint8Array(8)]), unprotected: new Map([[33, p256.x5c.map((c) => new Uint8Array(c))], [6, new Uint8Array(2)]]) });
  no('kid-text', 'kid is bytes', 'COSE_HEADER_INVALID', { headers: H([4, 'kid']) });
  no('crit-unprotected', 'crit is protected', 'COSE_HEADER_INVALID', { unprotected: new Map([[33, p256.x5c.map((c) => new Uint8Array(c))], [2, ['x']], ['x', 1]]) });
  no('countersignature-protected', 'countersignatures are unprotected', 'COSE_HEADER_INVALID', { headers: H([9, new Uint8Array(8)]) });
  no('countersignature-malformed', 'a countersignature is a signature', 'COSE_HEADER_INVALID', { unprotected: new Map([[33, p256.x5c.map((c) => new Uint8Array(c))], [11, 'x']]) });
  no('content-type-absent', 'the content type is present', 'COSE_CONTENT_TYPE_ABSENT', { headers: drop(H(), 3) });
  no('content-type-number', 'the content type is a text', 'COSE_CONTENT_TYPE_INVALID', { headers: H([3, 50]) });
  no('content-type-form', 'the content type is a media type', 'COSE_HEADER_INVALID', { headers: H([3, 'payload']) });

  // crit
  no('crit-absent', 'signingScheme is critical', 'COSE_CRIT_INCOMPLETE', { headers: drop(H(), 2) });
  no('crit-empty', 'crit is not empty', 'COSE_CRIT_INVALID', { headers: H([2, []]) });
  no('crit-text', 'crit is a list', 'COSE_CRIT_INVALID', { headers: H([2, 'x']) });
  no('crit-bytes', 'crit lists labels', 'COSE_CRIT_INVALID', { headers: H([2, [new Uint8Array(1)]]) });
  no('crit-without-scheme', 'signingScheme is critical', 'COSE_CRIT_INCOMPLETE', { headers: H([2, ['x']], ['x', 1]) });
  no('crit-without-expiry', 'expiry is critical', 'COSE_CRIT_INCOMPLETE', { headers: H([`${N}expiry`, time(SECONDS + 86400)]) });
  no('crit-without-authentic-time', 'authenticSigningTime is critical', 'COSE_CRIT_INCOMPLETE', { headers: authority(`${N}signingScheme`) });
  no('crit-names-absent', 'crit names headers that are present', 'COSE_CRIT_INVALID', { headers: H([2, [`${N}signingScheme`, 'com.example.absent']]) });
  no('crit-unknown', 'unknown critical attributes must be processed', 'ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED', { headers: H([2, [`${N}signingScheme`, 'com.example.rule']], ['com.example.rule', 'x']) }, okInspect);
  no('crit-unknown-integer', 'unknown critical attributes must be processed', 'ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED', { headers: H([2, [`${N}signingScheme`, 100]], [100, 'x']) }, okInspect);

  // schemes and times
  no('scheme-absent', 'the scheme is present', 'COSE_SCHEME_INVALID', { headers: drop(H([2, ['x']], ['x', 1]), `${N}signingScheme`) });
  no('scheme-number', 'the scheme is a text', 'COSE_SCHEME_INVALID', { headers: H([`${N}signingScheme`, 1]) });
  no('scheme-unknown', 'the scheme is one of two', 'COSE_SCHEME_UNSUPPORTED', { headers: H([`${N}signingScheme`, 'notary.x509.other']) });
  no('time-absent', 'the signing time is present', 'COSE_TIME_INVALID', { headers: drop(H(), `${N}signingTime`) });
  no('time-untagged', 'times are tag 1', 'COSE_TIME_INVALID', { headers: H([`${N}signingTime`, SECONDS]) });
  no('time-tag-0', 'times are tag 1', 'COSE_TIME_INVALID', { headers: H([`${N}signingTime`, new Tag(0, '2026-12-01T12:00:00Z')]) });
  no('time-infinite', 'times are finite', 'COSE_TIME_INVALID', { headers: H([`${N}signingTime`, time(Number.POSITIVE_INFINITY)]) });
  no('time-zero', 'the signing time is a time', 'ENVELOPE_SIGNING_TIME_ABSENT', { headers: H([`${N}signingTime`, time(-62135596800)]) });
  no('expiry-untagged', 'times are tag 1', 'COSE_TIME_INVALID', { headers: H([`${N}expiry`, SECONDS + 1], [2, [`${N}signingScheme`, `${N}expiry`]]) });
  no('expiry-equal', 'expiry is after signing', 'ENVELOPE_EXPIRY_NOT_AFTER_SIGNING', { headers: H([`${N}expiry`, time(SECONDS)], [2, [`${N}signingScheme`, `${N}expiry`]]) });
  no('expiry-before', 'expiry is after signing', 'ENVELOPE_EXPIRY_NOT_AFTER_SIGNING', { headers: H([`${N}expiry`, time(SECONDS - 1)], [2, [`${N}signingScheme`, `${N}expiry`]]) });

  // chain
  no('x5chain-bstr', 'x5chain is an array even for one certificate', 'ENVELOPE_CHAIN_ABSENT', { unprotected: new Map([[33, new Uint8Array(p256.x5c[0])]]) });
  no('x5chain-text', 'certificates are bytes', 'COSE_LEAF_NOT_BYTES', { unprotected: new Map([[33, ['x']]]) }, inspect('ENVELOPE_CHAIN_ABSENT'));
  no('x5chain-second-text', 'certificates are bytes', 'ENVELOPE_CHAIN_ABSENT', { unprotected: new Map([[33, [new Uint8Array(p256.x5c[0]), 'x']]]) });
  chainVectors(ids, (id, clause, expect, x5c, rest) => no(id, clause, expect, { ...(rest?.as ? { as: rest.as } : {}), x5c }, without(rest ?? {}, 'as')));
}

// ---- chains, in both formats ----------------------------------------------------------------------------------------------------

function chainVectors(ids, no) {
  const { p256, other } = ids;
  const [leaf, middle, root] = p256.x5c;
  no('chain-absent', 'the chain is present', 'ENVELOPE_CHAIN_ABSENT', []);
  no('chain-leaf-garbage', 'certificates are certificates', 'ENVELOPE_LEAF_MALFORMED', [Buffer.from('garbage'), middle, root], { inspect: 'ENVELOPE_CERTIFICATE_MALFORMED' });
  no('chain-root-garbage', 'certificates are certificates', 'ENVELOPE_CERTIFICATE_MALFORMED', [leaf, middle, Buffer.from('garbage')]);
  no('chain-without-root', 'the chain ends in its root', 'X509_CHAIN_ROOT_NOT_SELF_SIGNED', [leaf, middle]);
  no('chain-leaf-only', 'one certificate is self-signed', 'X509_CHAIN_SELF_SIGNATURE_INVALID', [leaf]);
  no('chain-order', 'each certificate is issued by the next', 'X509_CHAIN_NOT_ISSUED', [leaf, root, middle]);
  no('chain-other-root', 'each certificate is issued by the next', 'X509_CHAIN_NOT_ISSUED', [leaf, middle, other.x5c[2]]);
  no('chain-long', 'bound on the chain', 'ENVELOPE_TOO_LARGE', [leaf, ...Array(20).fill(middle), root]);
  no('chain-leaf-key-usage', 'the leaf may sign only', 'X509_LEAF_KEY_USAGE_EXCESSIVE', [ids.p256.usage, middle, root]);
  no('chain-leaf-rsa-1024', 'key sizes', 'ENVELOPE_KEY_UNSUPPORTED', ids.weak.x5c, { as: ids.weak, inspect: 'X509_LEAF_KEY_UNSUPPORTED' });
}

// ---- all of it ------------------------------------------------------------------------------------------------------------------

for (const folder of ['jws', 'cose']) rmSync(join(here, folder), { recursive: true, force: true });
const ids = { rsa: chain('rsa2048', 'RSA-2048') };
for (const [name, spec] of [['rsa3072', 'RSA-3072'], ['rsa4096', 'RSA-4096'], ['p256', 'EC-256'], ['p384', 'EC-384'], ['p521', 'EC-521']]) ids[name] = chain(name, spec);
const hidden = (name, value) => Object.defineProperty(ids, name, { value, enumerable: false });
hidden('other', chain('other', 'EC-256'));
ALGORITHMS['RSA-1024'] = 'PS256';
hidden('weak', chain('weak', 'RSA-1024'));
// The same leaf key and subject, with a key usage that code signing does not allow.
Object.defineProperty(ids.p256, 'usage', { value: certificate('p256', 'p256-ca', LEAF.replace('digitalSignature', 'digitalSignature,keyEncipherment')) });
await jwsVectors(ids);
coseVectors(ids);
rmSync(work, { recursive: true, force: true });
writeFileSync(join(here, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${manifest.length} envelopes`);
