// SPDX-License-Identifier: Apache-2.0
/**
 * A linter for trust policies: what is accepted for the sake of existing files and still deserves a second look, each point with the place
 * it stands at. Errors are what loading refuses.
 */
import { isFault } from '@notary/base';
import { isJsonObject, type JsonObject, type JsonValue, jsonFaults, parseJsonStrict } from '@notary/base/json';
import { checkBlobTrustPolicy } from './blob-policy.ts';
import { wildcard } from './identity.ts';
import { limits } from './limits.ts';
import { checkOciTrustPolicy } from './oci-policy.ts';
import { decodePolicy, type PolicyKind, type PolicyStatement } from './policy.ts';
import { splitStoreValue } from './store-name.ts';

/** A remark of {@link lintPolicy}. */
export interface PolicyRemark {
  readonly severity: 'error' | 'warning';
  /** Stable, for scripts: `TRUST_…` codes for errors, `LINT_…` for warnings. */
  readonly code: string;
  /** Where, as a path like `trustPolicies[2].registryScopes`. Empty for the document. */
  readonly path: string;
  readonly message: string;
  readonly remedy?: string;
}

const documentMembers = ['version', 'trustPolicies'];
const verificationMembers = ['level', 'override', 'verifyTimestamp'];
const statementMembers = {
  oci: ['name', 'signatureVerification', 'trustStores', 'trustedIdentities', 'registryScopes'],
  blob: ['name', 'signatureVerification', 'trustStores', 'trustedIdentities', 'globalPolicy'],
};

/** Every remark about a document, errors first. Never throws for bad input: the input is what it reports on. */
export function lintPolicy(bytes: Uint8Array, kind: PolicyKind): readonly PolicyRemark[] {
  const remarks: PolicyRemark[] = [];
  const warn = (code: string, path: string, message: string, remedy?: string): void => {
    remarks.push({ severity: 'warning', code: `LINT_${code}`, path, message, ...(remedy === undefined ? {} : { remedy }) });
  };
  try {
    const raw = decodePolicy(bytes, kind, { trailing: 'ignore' });
    const statements = kind === 'oci' ? checkOciTrustPolicy(raw).statements : checkBlobTrustPolicy(raw).statements;
    statements.forEach((statement, i) => {
      remarkStatement(statement, `trustPolicies[${i}]`, warn);
    });
  } catch (e) {
    if (!isFault(e)) throw e;
    remarks.unshift({ severity: 'error', code: e.code, path: '', message: e.message, ...(e.remedy ? { remedy: e.remedy.text } : {}) });
  }
  remarkText(bytes, kind, warn);
  return remarks;
}

type Warn = (code: string, path: string, message: string, remedy?: string) => void;

function remarkStatement(
  statement: PolicyStatement & { registryScopes?: readonly string[]; globalPolicy?: boolean },
  path: string,
  warn: Warn,
): void {
  const { level, name } = statement;
  if (level.name === 'skip') {
    if (statement.registryScopes?.includes(wildcard))
      warn(
        'SKIP_EVERYWHERE',
        path,
        `statement "${name}" skips verification for every repository that no other statement names; the specification does not allow this`,
        'name the repositories, and let "*" verify',
      );
    else if (statement.globalPolicy)
      warn(
        'SKIP_GLOBAL',
        path,
        `the global statement "${name}" skips verification; the specification does not allow this`,
        'let the global statement verify',
      );
    else warn('SKIP', path, `statement "${name}" skips verification: artifacts in its scope are not checked at all`);
    return;
  }
  if (level.actions.authenticity === 'log')
    warn(
      'AUTHENTICITY_LOGGED',
      `${path}.signatureVerification`,
      `statement "${name}" only logs a failed authenticity check: any signer is accepted`,
      'use it to watch a roll-out; enforce authenticity afterwards',
    );
  if (level.actions.revocation === 'skip')
    warn(
      'REVOCATION_SKIPPED',
      `${path}.signatureVerification`,
      `statement "${name}" does not look at revocation: a stolen key stays accepted until its certificate expires`,
    );
  if (statement.trustedIdentities.includes(wildcard))
    warn(
      'ANY_IDENTITY',
      `${path}.trustedIdentities`,
      `statement "${name}" accepts every certificate that its trust stores vouch for`,
      'name the subjects you trust, unless the certificate authority is yours alone',
    );
  const types = new Set(statement.trustStores.map((value) => splitStoreValue(value)?.type));
  if (!types.has('ca') && !types.has('signingAuthority'))
    warn(
      'NO_SIGNING_STORE',
      `${path}.trustStores`,
      `statement "${name}" names no ca or signingAuthority store: no signature can pass`,
      'add ca:NAME',
    );
  const repeated = statement.trustStores.find((value, i) => statement.trustStores.indexOf(value) !== i);
  if (repeated !== undefined) warn('STORE_REPEATED', `${path}.trustStores`, `statement "${name}" names the store ${repeated} twice`);
  const foreign = statement.trustedIdentities.filter((identity) => identity !== wildcard && !identity.startsWith('x509.subject:'));
  for (const identity of foreign)
    warn(
      'IDENTITY_FOREIGN',
      `${path}.trustedIdentities`,
      `identity ${JSON.stringify(identity)} means something only to a verification plugin`,
    );
}

/** Remarks about the text itself: what the decoder passes over in silence. */
function remarkText(bytes: Uint8Array, kind: PolicyKind, warn: Warn): void {
  let document: JsonValue;
  const options = { maxBytes: limits.policyBytes, maxDepth: limits.policyDepth };
  try {
    parseJsonStrict(bytes, { ...options, trailing: 'ignore' });
  } catch (e) {
    if (!isFault(e, jsonFaults.DUPLICATE_KEY.code)) return;
    warn('MEMBER_REPEATED', '', `${e.message}: the last one counts`, 'keep one');
  }
  try {
    parseJsonStrict(bytes, { ...options, duplicates: 'last' });
  } catch (e) {
    if (isFault(e, jsonFaults.TRAILING.code))
      warn('TRAILING', '', 'there are bytes after the document; they are ignored', 'remove them: "notation policy import" refuses them');
  }
  try {
    document = parseJsonStrict(bytes, { ...options, duplicates: 'last', trailing: 'ignore' });
  } catch {
    return;
  }
  if (!isJsonObject(document)) return;
  remarkMembers(document, documentMembers, '', warn);
  const statements = document['trustPolicies'];
  if (!Array.isArray(statements)) return;
  statements.forEach((statement, i) => {
    if (!isJsonObject(statement)) return;
    const path = `trustPolicies[${i}]`;
    remarkMembers(statement, statementMembers[kind], path, warn);
    if (kind === 'oci') remarkScopes(statement['registryScopes'], `${path}.registryScopes`, warn);
    const verification = statement['signatureVerification'];
    if (isJsonObject(verification)) remarkMembers(verification, verificationMembers, `${path}.signatureVerification`, warn);
  });
}

/** Scopes are compared letter by letter with what stands in references: another spelling of the same host is another scope. */
function remarkScopes(scopes: JsonValue | undefined, path: string, warn: Warn): void {
  if (!Array.isArray(scopes)) return;
  for (const scope of scopes.slice(0, limits.lintedScopes)) {
    if (typeof scope !== 'string' || scope === wildcard) continue;
    const usual = usualSpelling(scope);
    if (usual !== scope)
      warn(
        'SCOPE_ALIAS',
        path,
        `scope ${JSON.stringify(scope)} never matches ${JSON.stringify(usual)}, which is how references to that repository are written`,
        `write it ${JSON.stringify(usual)}`,
      );
  }
}

/** Names under which Docker Hub answers beside its own. */
const HUB_ALIASES: ReadonlySet<string> = new Set(['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/** Host in lower case without a dot at its end, no port that goes without saying, none with leading zeros; Docker Hub by its name. */
function usualSpelling(scope: string): string {
  const slash = scope.indexOf('/');
  if (slash < 0) return scope;
  const [, name = '', digits] = /^([^:]*)(?::([0-9]+))?$/.exec(scope.slice(0, slash)) ?? [];
  if (name === '') return scope;
  const lower = name.toLowerCase().replace(/\.$/, '');
  const port = digits === undefined ? '' : `:${digits.replace(/^0+(?=[0-9])/, '')}`;
  const host = `${HUB_ALIASES.has(lower) ? 'docker.io' : lower}${port === ':443' ? '' : port}`;
  return host + scope.slice(slash);
}

function remarkMembers(object: JsonObject, known: readonly string[], path: string, warn: Warn): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const meant = known.find((name) => name.toLowerCase() === key.toLowerCase());
    const at = path === '' ? key : `${path}.${key}`;
    if (meant !== undefined) warn('MEMBER_CASE', at, `member ${JSON.stringify(key)} is read as "${meant}"`, `write it "${meant}"`);
    else warn('MEMBER_UNKNOWN', at, `member ${JSON.stringify(key)} has no meaning and is ignored`, 'remove it, or mend its spelling');
  }
}
