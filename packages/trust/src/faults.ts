// SPDX-License-Identifier: Apache-2.0
/** Faults of trust policies and trust stores. Messages are those of the Go tools: scripts and people search for them. */
import { defineFaults } from '@notary/base';
import { goQuote } from '@notary/base/json';

const q = goQuote;
const quickstart = 'https://notaryproject.dev/docs/quickstart/#create-a-trust-policy';
const scopeHelp =
  'make sure it is a fully qualified repository without the scheme, protocol or tag. For example domain.com/my/repository or a local scope like local/myOCILayout';
const spec = (section: string): string => `Notary Project: trust store and trust policy, ${section}`;

type Kind = { kind: 'oci' | 'blob' };
type Statement = { statement: string };

/** The faults with codes `TRUST_…`. */
export const faults = defineFaults('TRUST', {
  POLICY_MISSING: {
    category: 'usage',
    say: () => `trust policy is not present. To create a trust policy, see: ${quickstart}`,
    remedy: 'write a trust policy with "notation policy init", or import one with "notation policy import FILE"',
  },
  POLICY_NOT_REGULAR: {
    category: 'untrusted',
    say: () => `trust policy is not a regular file (symlinks are not supported). To create a trust policy, see: ${quickstart}`,
    remedy: 'put the document itself in place of the link or directory',
  },
  POLICY_UNREADABLE: {
    category: 'unavailable',
    say: (f: { path: string }) => `unable to read trust policy due to file permissions, please verify the permissions of ${f.path}`,
    remedy: 'give the user who verifies the right to read the file',
  },
  POLICY_MALFORMED: {
    category: 'malformed',
    say: (_: { reason: string }) => `malformed trust policy. To create a trust policy, see: ${quickstart}`,
    remedy: 'mend the JSON of the policy; "notation policy lint FILE" names the place',
  },
  POLICY_TYPE: {
    category: 'malformed',
    say: (f: { field: string; found: string; expected: string }) =>
      `json: cannot unmarshal ${f.found} into ${f.field === '' ? 'Go value' : `Go struct field ${f.field}`} of type ${f.expected}`,
    remedy: 'give the member the type that the trust policy reference names',
  },
  POLICY_VERSION_MISSING: {
    category: 'malformed',
    say: (f: Kind) => `${f.kind} trust policy document has empty version, version must be specified`,
    remedy: 'add "version": "1.0"',
  },
  POLICY_VERSION_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: Kind & { version: string }) => `${f.kind} trust policy document uses unsupported version ${q(f.version)}`,
    remedy: 'write the document for version "1.0"',
  },
  POLICY_EMPTY: {
    category: 'malformed',
    say: (f: Kind) => `${f.kind} trust policy document can not have zero trust policy statements`,
    remedy: 'add a statement to "trustPolicies"',
  },
  POLICY_TOO_LARGE: {
    category: 'limit',
    say: (f: { limit: number }) => `trust policy has more than ${f.limit} statements`,
    remedy: 'split the policy, or use wider scopes',
  },
  STATEMENT_NAME_REPEATED: {
    category: 'malformed',
    say: (f: Kind & { name: string }) =>
      `multiple ${f.kind} trust policy statements use the same name ${q(f.name)}, statement names must be unique`,
    remedy: 'give each statement a name of its own',
  },
  STATEMENT_NAME_MISSING: {
    category: 'malformed',
    say: (f: Kind) => `${f.kind} trust policy: a trust policy statement is missing a name, every statement requires a name`,
    remedy: 'add a "name" to the statement',
  },
  LEVEL_INVALID: {
    category: 'malformed',
    say: (f: Kind & Statement & { reason: string }) =>
      `${f.kind} trust policy: trust policy statement ${q(f.statement)} has invalid signatureVerification: ${f.reason}`,
    remedy: 'see "signatureVerification" in the trust policy reference: levels are strict, permissive, audit and skip',
    clause: spec('Signature Verification details'),
  },
  SKIP_WITH_TRUST: {
    category: 'malformed',
    say: (f: Kind & Statement) =>
      `${f.kind} trust policy: trust policy statement ${q(f.statement)} is set to skip signature verification but configured with trust stores and/or trusted identities, remove them if signature verification needs to be skipped`,
    remedy: 'choose a level that verifies, or remove trustStores and trustedIdentities',
  },
  TRUST_MISSING: {
    category: 'malformed',
    say: (f: Kind & Statement) =>
      `${f.kind} trust policy: trust policy statement ${q(f.statement)} is either missing trust stores or trusted identities, both must be specified`,
    remedy: 'name at least one trust store and one trusted identity',
  },
  STORE_VALUE_MALFORMED: {
    category: 'malformed',
    say: (f: Kind & Statement & { value: string }) =>
      `${f.kind} trust policy: trust policy statement ${q(f.statement)} has malformed trust store value ${q(f.value)}. The required format is <TrustStoreType>:<TrustStoreName>`,
    remedy: 'write it as ca:NAME, signingAuthority:NAME or tsa:NAME',
  },
  STORE_TYPE_UNSUPPORTED: {
    category: 'malformed',
    say: (f: Kind & Statement & { type: string; value: string }) =>
      `${f.kind} trust policy: trust policy statement ${q(f.statement)} uses an unsupported trust store type ${q(f.type)} in trust store value ${q(f.value)}`,
    remedy: 'trust store types are ca, signingAuthority and tsa',
  },
  STORE_NAME_INVALID: {
    category: 'malformed',
    say: (f: Kind & Statement & { name: string; value: string }) =>
      `${f.kind} trust policy: trust policy statement ${q(f.statement)} uses an unsupported trust store name ${q(f.name)} in trust store value ${q(f.value)}. Named store name needs to follow [a-zA-Z0-9_.-]+ format`,
    remedy: 'name the store with letters, digits, "_", "." and "-" only',
  },
  IDENTITY_INVALID: {
    category: 'malformed',
    say: (f: Kind & Statement & { reason: string }) => `${f.kind} trust policy: trust policy statement ${q(f.statement)} ${f.reason}`,
    remedy: 'write each identity as "x509.subject: C=…, ST=…, O=…" with at least these three attributes, or "*" alone',
    clause: spec('Trusted Identities'),
  },
  SCOPES_MISSING: {
    category: 'malformed',
    say: (f: Statement) =>
      `oci trust policy statement ${q(f.statement)} has zero registry scopes, it must specify registry scopes with at least one value`,
    remedy: 'add "registryScopes" with a repository, or "*"',
  },
  SCOPE_WILDCARD_MIXED: {
    category: 'malformed',
    say: (f: Statement) =>
      `oci trust policy statement ${q(f.statement)} uses wildcard registry scope '*', a wildcard scope cannot be used in conjunction with other scope values`,
    remedy: 'leave "*" alone in its statement',
  },
  SCOPE_INVALID: {
    category: 'malformed',
    say: (f: { scope: string; wildcard: boolean }) =>
      `registry scope ${q(f.scope)}${f.wildcard ? ' with wild card(s)' : ''} is not valid, ${scopeHelp}`,
    remedy: 'write the scope as REGISTRY/REPOSITORY',
  },
  SCOPE_REPEATED: {
    category: 'malformed',
    say: (f: { scope: string }) =>
      `registry scope ${q(f.scope)} is present in multiple oci trust policy statements, one registry scope value can only be associated with one statement`,
    remedy: 'keep the scope in one statement',
  },
  GLOBAL_REPEATED: {
    category: 'malformed',
    say: () =>
      'multiple blob trust policy statements have globalPolicy set to true. Only one trust policy statement can be marked as global policy',
    remedy: 'set "globalPolicy" in one statement only',
  },
  NO_STATEMENT: {
    category: 'untrusted',
    say: (f: { reference: string }) =>
      `artifact ${q(f.reference)} has no applicable oci trust policy statement. Trust policy applicability for a given artifact is determined by registryScopes. To create a trust policy, see: ${quickstart}`,
    remedy: 'add the repository to the registryScopes of the statement that should decide about it',
    rank: 90,
  },
  REFERENCE_WITHOUT_DIGEST: {
    category: 'usage',
    say: (f: { reference: string }) =>
      `artifact URI ${q(f.reference)} could not be parsed, make sure it is the fully qualified oci artifact URI without the scheme/protocol. e.g domain.com:80/my/repository@sha256:digest`,
  },
  NO_BLOB_STATEMENT: {
    category: 'untrusted',
    say: (f: { name: string }) => `no applicable blob trust policy with name ${q(f.name)}`,
    remedy: 'name a statement of trustpolicy.blob.json; "notation blob policy show" prints them',
  },
  NO_GLOBAL_STATEMENT: {
    category: 'untrusted',
    say: () => 'no global blob trust policy',
    remedy: 'name the statement with --policy-name, or set "globalPolicy" in the one that decides by default',
  },
  POLICY_NAME_EMPTY: { category: 'usage', say: () => 'policy name cannot be empty' },

  NAME_HASH_VALUE: {
    category: 'unsupported',
    say: (f: { name: string }) =>
      `unsupported distinguished name (DN) ${q(f.name)}: notation does not support x509.subject identities containing "=#"`,
  },
  NAME_INVALID: {
    category: 'malformed',
    say: (f: { name: string; reason: string }) =>
      `parsing distinguished name (DN) ${q(f.name)} failed with err: ${f.reason}. A valid DN must contain 'C', 'ST' or 'S', and 'O' RDN attributes at a minimum, and follow RFC 4514 standard`,
    clause: 'RFC 4514 3',
  },
  NAME_MULTI_VALUED: {
    category: 'unsupported',
    say: (f: { name: string }) =>
      `distinguished name (DN) ${q(f.name)} has multi-valued RDN attributes, remove multi-valued RDN attributes as they are not supported`,
  },
  NAME_REPEATED: {
    category: 'malformed',
    say: (f: { name: string; attribute: string }) =>
      `distinguished name (DN) ${q(f.name)} has duplicate RDN attribute for ${q(f.attribute)}, DN can only have unique RDN attributes`,
  },
  NAME_INCOMPLETE: {
    category: 'malformed',
    say: (f: { name: string; attribute: string }) =>
      `distinguished name (DN) ${q(f.name)} has no mandatory RDN attribute for ${q(f.attribute)}, it must contain 'C', 'ST' or 'S', and 'O' RDN attributes at a minimum`,
  },
  NAME_TOO_LONG: { category: 'limit', say: (f: { limit: number }) => `distinguished name is longer than ${f.limit} characters or parts` },

  SUBJECT_UNREADABLE: {
    category: 'untrusted',
    say: (f: { reason: string }) => `error while parsing the certificate subject from the digital signature. error : ${q(f.reason)}`,
    remedy: 'a trusted identity can only match a subject with C, ST and O, each attribute once',
    rank: 60,
  },
  IDENTITY_UNMATCHED: {
    category: 'untrusted',
    say: (f: { subject: string; identities: string; statement: string }) =>
      `signing certificate from the digital signature does not match the X.509 trusted identities ${f.identities} defined in the trust policy ${q(f.statement)}`,
    remedy: 'if this publisher is to be trusted, add its subject to the trustedIdentities of the statement',
    rank: 70,
  },
  NO_X509_IDENTITY: {
    category: 'untrusted',
    say: (f: { statement: string }) => `no x509 trusted identities are configured in the trust policy ${q(f.statement)}`,
    remedy: 'add an identity of the form "x509.subject: C=…, ST=…, O=…"',
  },

  STORE_TYPE_UNKNOWN: {
    category: 'usage',
    say: (f: { type: string }) => `unsupported trust store type: ${f.type}`,
    remedy: 'trust store types are ca, signingAuthority and tsa',
  },
  STORE_NAME_BAD: {
    category: 'usage',
    say: (f: { name: string }) => `trust store name needs to follow [a-zA-Z0-9_.-]+ format, ${f.name} is invalid`,
  },
  STORE_MISSING: {
    category: 'untrusted',
    say: (f: { type: string; name: string }) => `the trust store ${q(f.name)} of type ${q(f.type)} does not exist`,
    remedy: (f: { type: string; name: string }) => ({
      text: 'create the store with the certificates that you trust',
      command: ['notation', 'cert', 'add', '--type', f.type, '--store', f.name, 'FILE'],
    }),
    rank: 85,
  },
  STORE_INACCESSIBLE: {
    category: 'unavailable',
    say: (f: { type: string; name: string }) => `failed to access the trust store ${q(f.name)} of type ${q(f.type)}`,
    remedy: 'give the user who verifies the right to read the directory',
    rank: 85,
  },
  STORE_NOT_DIRECTORY: {
    category: 'untrusted',
    say: (f: { type: string; name: string; path: string }) =>
      `the trust store ${f.name} of type ${f.type} with path ${f.path} is not a regular directory (symlinks are not supported)`,
    remedy: 'put a directory in its place',
    rank: 85,
  },
  STORE_TOO_LARGE: {
    category: 'limit',
    say: (f: { type: string; name: string; limit: number }) => `trust store ${f.name} of type ${f.type} holds more than ${f.limit} files`,
  },
  STORE_EMPTY: {
    category: 'untrusted',
    say: (f: { type: string; name: string }) => `no x509 certificates were found in trust store ${q(f.name)} of type ${q(f.type)}`,
    remedy: (f: { type: string; name: string }) => ({
      text: 'add the certificates that you trust',
      command: ['notation', 'cert', 'add', '--type', f.type, '--store', f.name, 'FILE'],
    }),
    rank: 85,
  },
  CERTIFICATE_NOT_REGULAR: {
    category: 'untrusted',
    say: (f: { type: string; name: string; file: string }) =>
      `trusted certificate ${f.file} in trust store ${f.name} of type ${f.type} is not a regular file (directories or symlinks are not supported)`,
    remedy: 'keep only certificate files in the store',
    rank: 85,
  },
  CERTIFICATE_UNREADABLE: {
    category: 'untrusted',
    say: (f: { type: string; name: string; file: string }) =>
      `failed to read the trusted certificate ${f.file} in trust store ${f.name} of type ${f.type}`,
    remedy: 'replace the file by a certificate in PEM or DER form, or remove it',
    rank: 85,
  },
  CERTIFICATE_INVALID: {
    category: 'untrusted',
    say: (f: { type: string; name: string; file: string }) =>
      `failed to validate the trusted certificate ${f.file} in trust store ${f.name} of type ${f.type}`,
    remedy: 'a trust store holds CA certificates and self-signed signing certificates',
    rank: 85,
  },
  CERTIFICATE_NOT_ANCHOR: {
    category: 'untrusted',
    say: (f: { subject: string }) => `certificate with subject ${q(f.subject)} is not a CA certificate or self-signed signing certificate`,
  },
  CERTIFICATES_EMPTY: { category: 'usage', say: () => 'input certs cannot be empty' },
  TSA_CERTIFICATE_INVALID: {
    category: 'untrusted',
    say: (f: { name: string; file: string; reason: string }) =>
      `trusted certificate ${f.file} in trust store ${f.name} of type tsa is invalid: ${f.reason}`,
    remedy: 'a tsa store holds root CA certificates only',
    rank: 85,
  },
  NOT_ROOT: {
    category: 'untrusted',
    say: (f: { subject: string; reason: string }) => `certificate with subject ${q(f.subject)} is not a root CA certificate: ${f.reason}`,
  },
});
