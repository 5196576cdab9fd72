// SPDX-License-Identifier: Apache-2.0
/**
 * The certificate authorities a TLS client trusts, found as Go finds them (`crypto/x509/root_unix.go`, `root_linux.go`): the
 * first bundle that can be read, or SSL_CERT_FILE; then every file of the certificate directories, or of SSL_CERT_DIR.
 *
 * The bundle is read first and alone. Directories repeat it on every distribution we know and hold hundreds of files, so they are
 * read only when a handshake failed without them, and the request is tried once more.
 */
import type { Environment, Files, TlsClientOptions } from '@notary/base';
import { fromUtf8Lossy } from '@notary/base';
import { CA_DIRECTORY_ENTRIES, CA_FILE_BYTES } from '../limits.ts';

const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const DIRECTORIES = ['/etc/ssl/certs', '/etc/pki/tls/certs'];

async function tryRead(files: Files, path: string): Promise<string | undefined> {
  try {
    const bytes = await files.read(path, CA_FILE_BYTES);
    return bytes === undefined ? undefined : fromUtf8Lossy(bytes);
  } catch {
    // As Go: a file that cannot be read is no reason to trust nothing; the handshake decides.
    return undefined;
  }
}

async function readBundle(files: Files, environment: Environment): Promise<string> {
  const named = environment.get('SSL_CERT_FILE');
  // A file that a person made may hold a key or comments; the system's own is taken as it is.
  if (named) return certificateBlocks((await tryRead(files, named)) ?? '').join('\n');
  for (const path of BUNDLES) {
    const text = await tryRead(files, path);
    if (text !== undefined) return text;
  }
  return '';
}

async function readDirectories(files: Files, environment: Environment): Promise<string> {
  const named = environment.get('SSL_CERT_DIR');
  let text = '';
  for (const directory of named ? named.split(':') : DIRECTORIES) {
    const entries = await files.list(directory).catch(() => undefined);
    for (const entry of (entries ?? []).slice(0, CA_DIRECTORY_ENTRIES)) {
      // Links with hashed names point at files of the same directory, which are read under their own names.
      if (entry.kind === 'directory' || (entry.kind === 'symlink' && /^[0-9a-f]{8}\.\d+$/.test(entry.name))) continue;
      text += `\n${(await tryRead(files, `${directory}/${entry.name}`)) ?? ''}`;
    }
  }
  return text;
}

/** Certificate blocks alone: TLS stacks refuse a bundle with a key or a broken block in it. Each appears once. */
export function certificateBlocks(text: string): string[] {
  const blocks = text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
  return [...new Set(blocks.filter((b) => b.startsWith('-----BEGIN CERTIFICATE')))];
}

export type RootsDepth = 'bundle' | 'directories';

/** Reads the roots when asked, once each. `undefined` leaves the choice to the runtime: systems that keep them in no file. */
export class Roots {
  readonly #files: Files;
  readonly #environment: Environment;
  readonly #tls: TlsClientOptions;
  #bundle: Promise<string> | undefined;
  #all: Promise<string> | undefined;
  depth: RootsDepth = 'bundle';

  constructor(files: Files, environment: Environment, tls: TlsClientOptions) {
    this.#files = files;
    this.#environment = environment;
    this.#tls = tls;
  }

  /** Is there a deeper place to look before a handshake has failed for good? */
  get canDeepen(): boolean {
    return this.depth === 'bundle' && this.#tls.replaceSystemRoots !== true && this.#tls.unsafeSkipVerify !== true && inFiles();
  }

  /** PEM text of everything trusted. */
  async pem(): Promise<string | undefined> {
    const extra = certificateBlocks((this.#tls.ca ?? []).join('\n')).join('\n');
    if (this.#tls.replaceSystemRoots === true) return extra;
    if (!inFiles()) return extra === '' ? undefined : `${runtimeRoots()}\n${extra}`;
    this.#bundle ??= readBundle(this.#files, this.#environment).then((text) => (extra === '' ? text : `${text}\n${extra}`));
    if (this.depth === 'bundle') return this.#bundle;
    this.#all ??= this.#deep(extra);
    return this.#all;
  }

  async #deep(extra: string): Promise<string> {
    const bundle = await readBundle(this.#files, this.#environment);
    return certificateBlocks(`${bundle}\n${await readDirectories(this.#files, this.#environment)}\n${extra}`).join('\n');
  }
}

/** Systems whose certificate authorities are files; macOS and Windows keep theirs elsewhere. */
const inFiles = (): boolean => process.platform !== 'darwin' && process.platform !== 'win32';

/** Not by `import()`: see `platform.ts` on what that would add to every executable. */
function runtimeRoots(): string {
  const tls = process.getBuiltinModule('node:tls') as typeof import('node:tls') & { getCACertificates?: (type: string) => string[] };
  return (tls.getCACertificates?.('system') ?? tls.rootCertificates).join('\n');
}
