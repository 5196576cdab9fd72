// SPDX-License-Identifier: Apache-2.0
/** Certificate authorities for tests, made by this project's own encoder. `openssl-ca.ts` is the independent one. */
import { fromUtf8 } from '@notary/base';
import { generatePrivateKey, type KeyType, type PrivateKey } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import { type Certificate, type CertificateTemplate, createCertificate, parseCertificate } from '@notary/x509';

/** A certificate with its key, and the certificates above it. */
export interface TestIdentity {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
  /** DER, leaf first, the root last. */
  readonly chain: readonly Uint8Array[];
  /** The chain as PEM text. */
  readonly chainPem: string;
  /** The key as PKCS#8 PEM text. */
  readonly keyPem: string;
}

export interface IssueOptions {
  /** Attributes of the subject, one RDN each, in order: `{ C: 'US', ST: 'WA', O: 'Acme', CN: 'build' }`. */
  readonly subject?: Readonly<Record<string, string>>;
  readonly keyType?: KeyType;
  /** An existing key in place of a new one: making RSA keys is slow. */
  readonly key?: PrivateKey;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Changes anything of the certificate before it is signed. */
  readonly adjust?: (template: CertificateTemplate) => CertificateTemplate;
}

export interface TestCa extends TestIdentity {
  /** The root alone, as PEM text. */
  readonly rootPem: string;
  intermediate(options?: IssueOptions): Promise<TestCa>;
  codeSigner(options?: IssueOptions): Promise<TestIdentity>;
  timestamper(options?: IssueOptions): Promise<TestIdentity>;
  /** A server certificate for these names and addresses. */
  server(names: readonly string[], options?: IssueOptions): Promise<TestIdentity>;
  client(options?: IssueOptions): Promise<TestIdentity>;
}

const EKU = {
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};
const FROM = new Date('2020-01-01T00:00:00Z');
const UNTIL = new Date('2045-01-01T00:00:00Z');

let serial = 0;
/** Positive, eight octets, different each time. */
function nextSerial(): Uint8Array {
  serial++;
  return Uint8Array.of(0x10, 0, 0, 0, (serial >>> 24) & 255, (serial >>> 16) & 255, (serial >>> 8) & 255, serial & 255);
}

const rdns = (subject: Readonly<Record<string, string>>): { type: string; value: string }[][] =>
  Object.entries(subject).map(([type, value]) => [{ type, value }]);

const certificatePem = (der: Uint8Array): string => text(encodePem('CERTIFICATE', der));
const text = (pem: string | Uint8Array): string => (typeof pem === 'string' ? pem : fromUtf8(pem));

type Template = Omit<CertificateTemplate, 'signer' | 'issuer' | 'publicKey'>;

function identity(der: Uint8Array, key: PrivateKey, above: readonly Uint8Array[]): TestIdentity {
  const chain = [der, ...above];
  return {
    certificate: parseCertificate(der),
    key,
    chain,
    get chainPem() {
      return chain.map(certificatePem).join('');
    },
    get keyPem() {
      return text(encodePem('PRIVATE KEY', key.pkcs8().reveal()));
    },
  };
}

async function issue(issuer: TestIdentity | undefined, template: Template, options: IssueOptions): Promise<TestIdentity> {
  const key = options.key ?? (await generatePrivateKey(options.keyType ?? 'EC-256'));
  const signer = issuer?.key ?? key;
  const full: CertificateTemplate = {
    ...template,
    signer,
    publicKey: key.spki,
    subjectKeyId: 'derive',
    ...(issuer === undefined ? {} : { issuer: issuer.certificate.subject.der, ...authorityOf(issuer) }),
  };
  const der = await createCertificate(options.adjust?.(full) ?? full);
  return identity(der, key, issuer?.chain ?? []);
}

function authorityOf(issuer: TestIdentity): { authorityKeyId?: Uint8Array } {
  const { subjectKeyId } = issuer.certificate;
  return subjectKeyId === undefined ? {} : { authorityKeyId: subjectKeyId };
}

const base = (
  options: IssueOptions,
  commonName: string,
): Pick<CertificateTemplate, 'subject' | 'serialNumber' | 'notBefore' | 'notAfter'> => ({
  subject: rdns(options.subject ?? { C: 'US', ST: 'WA', O: 'Notary Test', CN: commonName }),
  serialNumber: nextSerial(),
  notBefore: options.notBefore ?? FROM,
  notAfter: options.notAfter ?? UNTIL,
});

const caTemplate = (options: IssueOptions, name: string): Template => ({
  ...base(options, name),
  basicConstraints: { ca: true },
  keyUsage: { bits: ['keyCertSign', 'cRLSign'] },
});

const leafTemplate = (options: IssueOptions, name: string, eku: string, critical = false): Template => ({
  ...base(options, name),
  basicConstraints: { ca: false },
  keyUsage: { bits: ['digitalSignature'] },
  extendedKeyUsage: { critical, oids: [eku] },
});

function authority(own: TestIdentity): TestCa {
  const addresses = (names: readonly string[]): string[] => names.filter((n) => /^\d+(\.\d+){3}$/.test(n));
  return {
    certificate: own.certificate,
    key: own.key,
    chain: own.chain,
    chainPem: own.chainPem,
    keyPem: own.keyPem,
    rootPem: certificatePem(own.chain[own.chain.length - 1] as Uint8Array),
    intermediate: async (options = {}) => authority(await issue(own, caTemplate(options, 'Test Intermediate'), options)),
    codeSigner: (options = {}) => issue(own, leafTemplate(options, 'Test Signer', EKU.codeSigning), options),
    timestamper: (options = {}) => issue(own, leafTemplate(options, 'Test TSA', EKU.timeStamping, true), options),
    client: (options = {}) => issue(own, leafTemplate(options, 'Test Client', EKU.clientAuth), options),
    server(names, options = {}) {
      const template = leafTemplate(options, names[0] ?? 'localhost', EKU.serverAuth);
      const ipAddresses = addresses(names);
      return issue(own, { ...template, dnsNames: names.filter((n) => !ipAddresses.includes(n)), ipAddresses }, options);
    },
  };
}

/** A root authority, EC P-256 unless asked otherwise. */
export async function createTestCa(options: IssueOptions = {}): Promise<TestCa> {
  return authority(await issue(undefined, caTemplate(options, 'Test Root'), options));
}

/** A self-signed code-signing certificate, as `generate-test` makes. */
export const createSelfSigned = (options: IssueOptions = {}): Promise<TestIdentity> => {
  const template = { ...leafTemplate(options, 'Self Signed', EKU.codeSigning) };
  const { basicConstraints: _, ...plain } = template;
  return issue(undefined, plain, options);
};
