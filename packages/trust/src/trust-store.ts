// SPDX-License-Identifier: Apache-2.0
/** Trust stores: named sets of certificates that a statement may rely on (trust store specification). */
import { equalBytes, type Fault, type Files, isFault, knownFault } from '@notary/base';
import { type Certificate, checkSelfSignature, checkSignatureFrom, goName, parseCertificates } from '@notary/x509';
import { faults } from './faults.ts';
import { limits } from './limits.ts';
import { isStoreName, isStoreType, type StoreType } from './store-name.ts';

/** Where trusted certificates come from: a directory, memory, or whatever a caller has. */
export interface TrustStore {
  /** Every certificate of a named store, at least one. Faults: `TRUST_STORE_…`, `TRUST_CERTIFICATE_…`; never an empty list. */
  certificates(type: StoreType, name: string): Promise<readonly Certificate[]>;
}

/** A trust store in memory, for embedding and tests. Keys are `type:name`. The same rules hold as for files. */
export function createMemoryTrustStore(stores: ReadonlyMap<string, readonly Certificate[]>): TrustStore {
  return {
    async certificates(type, name) {
      checkStoreName(type, name);
      const found = stores.get(`${type}:${name}`);
      if (found === undefined) throw faults.STORE_MISSING({ type, name });
      if (found.length === 0) throw faults.STORE_EMPTY({ type, name });
      await checkAnchors(found);
      if (type === 'tsa') for (const certificate of found) await checkRoot(certificate);
      return found;
    },
  };
}

/** The layout `<directory>/x509/<type>/<name>/<file>` of the Notary Project. Each named store is read once per instance. Faults when read: `TRUST_STORE_…`, `TRUST_CERTIFICATE_…`, `TRUST_NOT_ROOT`. */
export function createFileTrustStore(files: Files, directory: string): TrustStore {
  const loaded = new Map<string, Promise<readonly Certificate[]>>();
  return {
    certificates(type, name) {
      const key = `${type}:${name}`;
      let certificates = loaded.get(key);
      if (certificates === undefined) {
        certificates = readStore(files, directory, type, name);
        loaded.set(key, certificates);
      }
      return certificates;
    },
  };
}

function checkStoreName(type: string, name: string): void {
  if (!isStoreType(type)) throw faults.STORE_TYPE_UNKNOWN({ type });
  if (!isStoreName(name)) throw faults.STORE_NAME_BAD({ name });
}

async function readStore(files: Files, directory: string, type: StoreType, name: string): Promise<readonly Certificate[]> {
  checkStoreName(type, name);
  const path = `${directory}/x509/${type}/${name}`;
  const inaccessible = (cause: unknown): Fault => faults.STORE_INACCESSIBLE({ type, name }, { cause: knownFault(cause) });
  const stat = await files.stat(path).catch((cause) => {
    throw inaccessible(cause);
  });
  if (stat === undefined) throw faults.STORE_MISSING({ type, name });
  if (stat.kind !== 'directory') throw faults.STORE_NOT_DIRECTORY({ type, name, path });
  const entries = await files.list(path).catch((cause) => {
    throw inaccessible(cause);
  });
  if (entries === undefined) throw faults.STORE_MISSING({ type, name });
  if (entries.length > limits.trustStoreFiles) throw faults.STORE_TOO_LARGE({ type, name, limit: limits.trustStoreFiles });
  const certificates: Certificate[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'file') throw faults.CERTIFICATE_NOT_REGULAR({ type, name, file: entry.name });
    certificates.push(...(await readStoreFile(files, `${path}/${entry.name}`, { type, name, file: entry.name })));
  }
  if (certificates.length === 0) throw faults.STORE_EMPTY({ type, name });
  return certificates;
}

async function readStoreFile(
  files: Files,
  path: string,
  where: { type: StoreType; name: string; file: string },
): Promise<readonly Certificate[]> {
  let certificates: readonly Certificate[];
  try {
    const bytes = await files.read(path, limits.trustStoreFileBytes);
    certificates = bytes === undefined ? [] : parseCertificates(bytes);
  } catch (cause) {
    throw faults.CERTIFICATE_UNREADABLE(where, { cause: knownFault(cause) });
  }
  try {
    await checkAnchors(certificates);
  } catch (cause) {
    throw faults.CERTIFICATE_INVALID(where, { cause: knownFault(cause) });
  }
  if (where.type !== 'tsa') return certificates;
  for (const certificate of certificates) {
    try {
      await checkRoot(certificate);
    } catch (cause) {
      throw faults.TSA_CERTIFICATE_INVALID({ name: where.name, file: where.file, reason: knownFault(cause).message }, { cause });
    }
  }
  return certificates;
}

/** Each certificate is a CA or signed by itself; else `TRUST_CERTIFICATE_NOT_ANCHOR`. */
export async function checkAnchors(certificates: readonly Certificate[]): Promise<void> {
  if (certificates.length === 0) throw faults.CERTIFICATES_EMPTY();
  for (const certificate of certificates) {
    if (certificate.basicConstraints?.ca === true) continue;
    await checkSelfSignature(certificate).catch((cause) => {
      throw isFault(cause) ? faults.CERTIFICATE_NOT_ANCHOR({ subject: goName(certificate.subject) }, { cause }) : cause;
    });
  }
}

/** A tsa store holds roots only: certificates that may sign certificates and signed themselves. */
async function checkRoot(certificate: Certificate): Promise<void> {
  const subject = goName(certificate.subject);
  try {
    await checkSignatureFrom(certificate, certificate);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw faults.NOT_ROOT({ subject, reason: cause.message }, { cause });
  }
  if (!equalBytes(certificate.subject.der, certificate.issuer.der))
    throw faults.NOT_ROOT({ subject, reason: `issuer (${goName(certificate.issuer)}) and subject (${subject}) are not the same` });
}
