// SPDX-License-Identifier: Apache-2.0
/** A certificate authority kept by OpenSSL: a stack that shares no code with the one under test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counterpart } from './counterpart.ts';

export type OpensslKey = 'RSA-2048' | 'RSA-3072' | 'RSA-4096' | 'EC-256' | 'EC-384' | 'EC-521';

const CURVES = { 'EC-256': 'P-256', 'EC-384': 'P-384', 'EC-521': 'P-521' } as const;

function keyArguments(key: OpensslKey): string[] {
  return key in CURVES
    ? ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${CURVES[key as keyof typeof CURVES]}`]
    : ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${key.slice(4)}`];
}

/** Files of one certificate. */
export interface OpensslIdentity {
  readonly certFile: string;
  readonly keyFile: string;
  /** The certificate and everything above it. */
  readonly chainFile: string;
  readonly certPem: string;
  readonly keyPem: string;
  readonly chainPem: string;
}

export interface OpensslIssue {
  readonly name: string;
  /** As `openssl req -subj` takes it. */
  readonly subject: string;
  readonly key?: OpensslKey;
  readonly days?: number;
  /** Lines of the extension section. */
  readonly extensions: readonly string[];
}

export interface OpensslCa extends OpensslIdentity {
  readonly folder: string;
  readonly openssl: string;
  issue(what: OpensslIssue): OpensslIdentity;
  codeSigner(name?: string, key?: OpensslKey): OpensslIdentity;
  server(names: readonly string[], key?: OpensslKey): OpensslIdentity;
  intermediate(name?: string, key?: OpensslKey): OpensslIdentity;
  /** Runs OpenSSL in the folder of this authority. */
  run(args: readonly string[], input?: Uint8Array): Uint8Array;
  remove(): void;
}

/** Extension lines of the usual kinds. */
export const opensslExtensions = {
  ca: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign', 'subjectKeyIdentifier=hash'],
  codeSigning: ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=codeSigning'],
  timeStamping: ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,timeStamping'],
  server: ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=serverAuth'],
} as const;

/** An authority in a temporary folder, or undefined (recorded) without OpenSSL. Call `remove` at the end. */
export function createOpensslCa(options: { subject?: string; key?: OpensslKey } = {}): OpensslCa | undefined {
  const openssl = counterpart('openssl');
  if (openssl === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'notary-openssl-'));
  const run = (args: readonly string[], input?: Uint8Array): Uint8Array =>
    execFileSync(openssl, [...args], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'], ...(input === undefined ? {} : { input }) });
  const file = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(file(name), 'utf8');

  const make = (what: OpensslIssue, issuer: string | undefined): OpensslIdentity => {
    const { name, subject, key = 'EC-256', days = 3650 } = what;
    run(['genpkey', ...keyArguments(key), '-out', `${name}.key`]);
    run(['req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`]);
    writeFileSync(file(`${name}.ext`), `${what.extensions.join('\n')}\n`);
    const signer =
      issuer === undefined ? ['-signkey', `${name}.key`] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    run([
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...signer,
      '-days',
      String(days),
      '-sha256',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    ]);
    writeFileSync(file(`${name}.chain.pem`), read(`${name}.pem`) + (issuer === undefined ? '' : read(`${issuer}.chain.pem`)));
    return {
      certFile: file(`${name}.pem`),
      keyFile: file(`${name}.key`),
      chainFile: file(`${name}.chain.pem`),
      certPem: read(`${name}.pem`),
      keyPem: read(`${name}.key`),
      chainPem: read(`${name}.chain.pem`),
    };
  };
  const root = make(
    {
      name: 'root',
      subject: options.subject ?? '/C=US/ST=WA/O=OpenSSL Test/CN=OpenSSL Root',
      key: options.key ?? 'EC-256',
      extensions: opensslExtensions.ca,
    },
    undefined,
  );
  const issue = (what: OpensslIssue): OpensslIdentity => make(what, 'root');
  return {
    ...root,
    folder,
    openssl,
    run,
    issue,
    codeSigner: (name = 'signer', key = 'EC-256') =>
      issue({ name, key, subject: `/C=US/ST=WA/O=OpenSSL Test/CN=${name}`, extensions: opensslExtensions.codeSigning }),
    server(names, key = 'EC-256') {
      const alternatives = names.map((n) => (/^\d+(\.\d+){3}$/.test(n) ? `IP:${n}` : `DNS:${n}`)).join(',');
      return issue({
        name: 'server',
        key,
        subject: `/CN=${names[0]}`,
        extensions: [...opensslExtensions.server, `subjectAltName=${alternatives}`],
      });
    },
    intermediate: (name = 'intermediate', key = 'EC-256') =>
      issue({ name, key, subject: `/C=US/ST=WA/O=OpenSSL Test/CN=${name}`, extensions: opensslExtensions.ca }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
