// SPDX-License-Identifier: Apache-2.0
/** A publisher for tests: holds every offline key, makes any file, right or wrong, and posts it as clients do. */
import { toHex } from '@notary/base';
import { generatePrivateKey, hash, type PrivateKey } from '@notary/base/crypto';
import {
  bundleKey,
  createFileMeta,
  createPublicKey,
  type DelegationEntry,
  encodeEnvelope,
  encodePayload,
  expiryAt,
  type FileMeta,
  type Payload,
  type PublicKey,
  parseKeyResponse,
  type RoleName,
  type Root,
  type Signature,
  type Targets,
} from '@notary/tuf';
import { createCertificate, parseCertificate } from '@notary/x509';

export type Handle = (request: Request) => Response | Promise<Response>;

/** An offline key in both forms. */
export interface TestKey {
  readonly key: PublicKey;
  readonly private: PrivateKey;
}

const DAY = 86_400_000;

export async function createRootKey(gun: string, at: Date, days = 3650): Promise<TestKey> {
  const made = await generatePrivateKey('EC-256');
  const name = [[{ type: 'CN', value: gun }]];
  const der = await createCertificate({
    subject: name,
    signer: made,
    serialNumber: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    notBefore: new Date(at.getTime() - DAY),
    notAfter: new Date(at.getTime() + days * DAY),
    basicConstraints: { ca: false },
    keyUsage: { bits: ['digitalSignature'] },
    extendedKeyUsage: { oids: ['1.3.6.1.5.5.7.3.3'] },
  });
  return { key: bundleKey(parseCertificate(der)), private: made };
}

export async function createKey(): Promise<TestKey> {
  const made = await generatePrivateKey('EC-256');
  return { key: createPublicKey('ecdsa', made.spki), private: made };
}

/** The file of a payload, signed by these keys. */
export async function signFile(payload: Payload, keys: readonly TestKey[]): Promise<Uint8Array> {
  const canonical = encodePayload(payload);
  const signatures: Signature[] = [];
  for (const k of keys) signatures.push({ keyId: k.key.id, method: 'ecdsa', sig: await k.private.sign('ES256', canonical) });
  return encodeEnvelope(canonical, signatures);
}

export const roleKeys = (keys: readonly PublicKey[], threshold = 1) => ({ keyIds: keys.map((k) => k.id), threshold });

export interface PublisherKeys {
  readonly root: TestKey;
  readonly targets: TestKey;
  readonly snapshot: TestKey | PublicKey;
  readonly timestamp: PublicKey;
}

/** One collection seen from its owner's side. */
export class TestPublisher {
  readonly gun: string;
  readonly at: Date;
  readonly keys: PublisherKeys;
  readonly handle: Handle;

  constructor(gun: string, at: Date, keys: PublisherKeys, handle: Handle) {
    this.gun = gun;
    this.at = at;
    this.keys = keys;
    this.handle = handle;
  }

  /** Asks the server for its keys, as `init` does. `snapshot` says who manages that role. */
  static async init(handle: Handle, gun: string, at: Date, snapshot: 'server' | 'client' = 'server'): Promise<TestPublisher> {
    const fetchKey = async (role: string): Promise<PublicKey> => {
      const response = await handle(new Request(`http://server/v2/${gun}/_trust/tuf/${role}.key`));
      if (response.status !== 200) throw new Error(`no ${role} key: ${response.status} ${await response.text()}`);
      return parseKeyResponse(new Uint8Array(await response.arrayBuffer()));
    };
    const keys = {
      root: await createRootKey(gun, at),
      targets: await createKey(),
      snapshot: snapshot === 'client' ? await createKey() : await fetchKey('snapshot'),
      timestamp: await fetchKey('timestamp'),
    };
    return new TestPublisher(gun, at, keys, handle);
  }

  rootPayload(version = 1, changes: Partial<Root> = {}, keys: PublisherKeys = this.keys): Root {
    const snapshot = 'key' in keys.snapshot ? keys.snapshot.key : keys.snapshot;
    const all = [keys.root.key, keys.targets.key, snapshot, keys.timestamp];
    return {
      type: 'Root',
      version,
      expires: expiryAt(new Date(this.at.getTime() + 3650 * DAY)),
      consistentSnapshot: false,
      keys: new Map(all.map((k) => [k.id, k])),
      roles: new Map([
        ['root', roleKeys([keys.root.key])],
        ['targets', roleKeys([keys.targets.key])],
        ['snapshot', roleKeys([snapshot])],
        ['timestamp', roleKeys([keys.timestamp])],
      ]),
      ...changes,
    };
  }

  root(version = 1, changes: Partial<Root> = {}): Promise<Uint8Array> {
    return signFile(this.rootPayload(version, changes), [this.keys.root]);
  }

  targetsPayload(version = 1, names: readonly string[] = [], changes: Partial<Targets> = {}): Targets {
    return {
      type: 'Targets',
      version,
      expires: expiryAt(new Date(this.at.getTime() + 1095 * DAY)),
      targets: new Map(names.map((n) => [n, createFileMeta(new TextEncoder().encode(n))])),
      delegations: { keys: new Map(), roles: [] },
      ...changes,
    };
  }

  targets(version = 1, names: readonly string[] = [], changes: Partial<Targets> = {}): Promise<Uint8Array> {
    return signFile(this.targetsPayload(version, names, changes), [this.keys.targets]);
  }

  snapshot(version: number, files: Readonly<Record<string, Uint8Array>>, expires?: Date): Promise<Uint8Array> {
    if (!('key' in this.keys.snapshot)) throw new Error('the server manages the snapshot');
    const meta = new Map<string, FileMeta>(Object.entries(files).map(([role, bytes]) => [role, createFileMeta(bytes)]));
    const until = expiryAt(expires ?? new Date(this.at.getTime() + 1095 * DAY));
    return signFile({ type: 'Snapshot', version, expires: until, meta }, [this.keys.snapshot]);
  }

  /** Posts files by role. */
  async post(files: Readonly<Record<string, Uint8Array | string>>, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.handle(updateRequest(this.gun, files, headers));
  }

  async get(name: string): Promise<Response> {
    return this.handle(new Request(`http://server/v2/${this.gun}/_trust/tuf/${name}`));
  }

  async bytes(name: string): Promise<Uint8Array> {
    const response = await this.get(name);
    if (response.status !== 200) throw new Error(`${name}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}

/** A delegation of `parent`'s list. */
export const delegation = (name: string, keys: readonly PublicKey[], paths: readonly string[] = [''], threshold = 1): DelegationEntry => ({
  name: name as RoleName,
  paths,
  ...roleKeys(keys, threshold),
});

export const sha256Hex = (bytes: Uint8Array): string => toHex(hash('SHA-256', bytes));

const BOUNDARY = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab';

/** The body that Go's multipart writer makes of these files. */
export function multipart(files: Readonly<Record<string, Uint8Array | string>>): Uint8Array {
  const parts: Uint8Array[] = [];
  const text = (s: string) => parts.push(new TextEncoder().encode(s));
  let first = true;
  for (const [role, bytes] of Object.entries(files)) {
    text(
      `${first ? '' : '\r\n'}--${BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="${role}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    );
    if (typeof bytes === 'string') text(bytes);
    else parts.push(bytes);
    first = false;
  }
  text(`${first ? '' : '\r\n'}--${BOUNDARY}--\r\n`);
  const body = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    body.set(p, at);
    at += p.length;
  }
  return body;
}

export function updateRequest(
  gun: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  headers: Readonly<Record<string, string>> = {},
): Request {
  return new Request(`http://server/v2/${gun}/_trust/tuf/`, {
    method: 'POST',
    body: multipart(files) as Uint8Array<ArrayBuffer>,
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
  });
}
