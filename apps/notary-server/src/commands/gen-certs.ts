// SPDX-License-Identifier: Apache-2.0
/** `notary-server gen-certs`: an authority of one's own and a certificate each for server and signer. */
import { join } from 'node:path';
import { toUtf8 } from '@notary/base';
import { generatePrivateKey, type PrivateKey } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import type { OptionsOf } from '@notary/cli';
import type { Platform } from '@notary/platform';
import { type Certificate, createCertificate, parseCertificate } from '@notary/x509';
import type { certFlags } from '../flags.ts';

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

interface Identity {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

const isAddress = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');

export async function runGenCerts(options: OptionsOf<typeof certFlags>, args: readonly string[], platform: Platform): Promise<number> {
  const hosts = options.hosts.split(',').filter((h) => h !== '');
  if (args.length > 0 || hosts.length === 0 || options.days < 1n) {
    platform.terminal.err('usage: notary-server gen-certs [-out DIR] [-hosts NAME,ADDRESS,…] [-days N]\n');
    return 2;
  }
  await platform.files.makeDirectory(options.out, 0o700);
  const authority = await createAuthority(platform);
  await write(platform, options.out, 'ca', authority);
  for (const name of ['server', 'signer']) {
    await write(platform, options.out, name, await createIdentity(platform, authority, `notary-${name}`, hosts, Number(options.days)));
  }
  platform.terminal.out(configurations(options.out, signerHost(hosts)));
  return 0;
}

async function createAuthority(platform: Platform): Promise<Identity> {
  const key = await generatePrivateKey('EC-256');
  const now = platform.clock.now().getTime();
  const der = await createCertificate({
    subject: [[{ type: 'CN', value: 'Notary server and signer' }]],
    signer: key,
    serialNumber: serial(platform),
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + CA_DAYS * DAY_MS),
    basicConstraints: { ca: true, pathLength: 0 },
    keyUsage: { bits: ['keyCertSign', 'cRLSign'] },
    subjectKeyId: 'derive',
  });
  return { certificate: parseCertificate(der), key };
}

async function createIdentity(
  platform: Platform,
  authority: Identity,
  name: string,
  hosts: readonly string[],
  days: number,
): Promise<Identity> {
  const key = await generatePrivateKey('EC-256');
  const now = platform.clock.now().getTime();
  const der = await createCertificate({
    subject: [[{ type: 'CN', value: name }]],
    issuer: authority.certificate.subject.der,
    publicKey: key.spki,
    signer: authority.key,
    serialNumber: serial(platform),
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + days * DAY_MS),
    basicConstraints: { ca: false },
    keyUsage: { bits: ['digitalSignature'] },
    extendedKeyUsage: { oids: [SERVER_AUTH, CLIENT_AUTH] },
    dnsNames: hosts.filter((h) => !isAddress(h)),
    ipAddresses: hosts.filter(isAddress).map(addressBytes),
    subjectKeyId: 'derive',
  });
  return { certificate: parseCertificate(der), key };
}

/** 16 random octets with the first bit clear, so that the number is positive (RFC 5280 4.1.2.2). */
function serial(platform: Platform): Uint8Array {
  const bytes = platform.random.bytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes;
}

/** Octets of an address in text. */
function addressBytes(text: string): string | Uint8Array {
  if (!text.includes(':')) return text;
  const [head = '', tail] = text.split('::');
  const groups = (part: string | undefined) =>
    part === undefined || part === '' ? [] : part.split(':').map((g) => Number.parseInt(g, 16));
  const [front, back] = [groups(head), groups(tail)];
  const all = tail === undefined ? front : [...front, ...new Array<number>(Math.max(0, 8 - front.length - back.length)).fill(0), ...back];
  const out = new Uint8Array(16);
  all.slice(0, 8).forEach((g, i) => {
    out[2 * i] = g >> 8;
    out[2 * i + 1] = g & 255;
  });
  return out;
}

async function write(platform: Platform, directory: string, name: string, identity: Identity): Promise<void> {
  const files = [
    [`${name}.crt`, encodePem('CERTIFICATE', identity.certificate.der), 0o644],
    [`${name}.key`, encodePem('PRIVATE KEY', identity.key.pkcs8().reveal()), 0o600],
  ] as const;
  for (const [file, text, mode] of files) {
    await platform.files.writeAtomic(join(directory, file), toUtf8(text), { mode, exclusive: true });
    platform.terminal.out(`wrote ${join(directory, file)}\n`);
  }
}

/** The name that the server will call the signer by: one that says so, else this machine, else the first. */
const signerHost = (hosts: readonly string[]): string =>
  hosts.find((h) => h.includes('signer')) ?? hosts.find((h) => LOOPBACK.has(h)) ?? (hosts[0] as string);

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** The parts of both configurations that use the files. */
function configurations(directory: string, signerName: string): string {
  const file = (name: string) => join(directory, name);
  const server = {
    server: { tls_cert_file: file('server.crt'), tls_key_file: file('server.key') },
    trust_service: {
      type: 'remote',
      hostname: signerName,
      port: '7899',
      key_algorithm: 'ecdsa',
      tls_ca_file: file('ca.crt'),
      tls_client_cert: file('server.crt'),
      tls_client_key: file('server.key'),
    },
  };
  const signer = {
    server: {
      grpc_addr: LOOPBACK.has(signerName) ? '127.0.0.1:7899' : ':7899',
      tls_cert_file: file('signer.crt'),
      tls_key_file: file('signer.key'),
      client_ca_file: file('ca.crt'),
    },
  };
  return `\nin the server's configuration:\n${JSON.stringify(server, null, 2)}\n\nin the signer's configuration:\n${JSON.stringify(signer, null, 2)}\n\nkeep ${file('ca.key')} offline: whoever has it can make more of these\n`;
}
