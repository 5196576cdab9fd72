// SPDX-License-Identifier: Apache-2.0
/** From the runtimes' network errors to the faults of the Http port, in the words of Go's `net`, `crypto/tls` and `crypto/x509`. */
import { type Fault, type HttpRequest, httpFaults, isFault, printableUrl } from '@notary/base';

const UNKNOWN_AUTHORITY = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';

/** Codes of OpenSSL's verifier and of both runtimes' TLS, with Go's text. */
const TLS_TEXTS: ReadonlyMap<string, string> = new Map([
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNKNOWN_AUTHORITY],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['CERT_UNTRUSTED', UNKNOWN_AUTHORITY],
  ['CERT_REJECTED', UNKNOWN_AUTHORITY],
  ['INVALID_CA', 'tls: failed to verify certificate: x509: invalid signature: parent certificate cannot sign this kind of certificate'],
  [
    'CERT_SIGNATURE_FAILURE',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority (the signature does not match)',
  ],
  ['CERT_CHAIN_TOO_LONG', 'tls: failed to verify certificate: x509: certificate chain is too long'],
  ['PATH_LENGTH_EXCEEDED', 'tls: failed to verify certificate: x509: too many intermediates for path length constraint'],
  ['INVALID_PURPOSE', 'tls: failed to verify certificate: x509: certificate specifies an incompatible key usage'],
  ['CERT_REVOKED', 'tls: failed to verify certificate: x509: certificate is revoked'],
  ['CERT_HAS_EXPIRED', 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: it has expired'],
  ['CERT_NOT_YET_VALID', 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: it is not yet valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls: failed to verify certificate: x509: certificate is not valid for this host name'],
]);

/** No authority helps where there is no certificate. */
const NOT_TLS = { text: 'check the port: what answers there does not speak TLS' };

/** Text that a server speaking plain HTTP on a TLS port draws from Go. */
const PLAIN_ANSWER = 'http: server gave HTTP response to HTTPS client';

const CONNECT_TEXTS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connect: connection refused'],
  ['ConnectionRefused', 'connect: connection refused'],
  ['FailedToOpenSocket', 'connect: cannot open socket'],
  ['EHOSTUNREACH', 'connect: no route to host'],
  ['ENETUNREACH', 'connect: network is unreachable'],
  ['EADDRNOTAVAIL', 'connect: cannot assign requested address'],
  ['ETIMEDOUT', 'i/o timeout'],
]);

const LOOKUP_TEXTS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'Temporary failure in name resolution'],
  ['EAI_NODATA', 'no such host'],
  ['EAI_NONAME', 'no such host'],
]);

const BROKEN_TEXTS: ReadonlyMap<string, string> = new Map([
  ['ECONNRESET', 'read: connection reset by peer'],
  ['ConnectionClosed', 'EOF'],
  ['ECONNABORTED', 'unexpected EOF'],
  ['EPIPE', 'write: broken pipe'],
  ['UND_ERR_SOCKET', 'EOF'],
  ['ResponseHeadersTooLarge', 'net/http: server response headers exceeded the bound; aborted'],
  ['HPE_HEADER_OVERFLOW', 'net/http: server response headers exceeded the bound; aborted'],
]);

function codeOf(e: unknown): string {
  for (
    let at: unknown = e, depth = 0;
    at !== null && typeof at === 'object' && depth < 4;
    at = (at as { cause?: unknown }).cause, depth++
  ) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === 'string' && code !== '') return code;
  }
  return '';
}

const messageOf = (e: unknown): string => (e instanceof Error ? e.message : String(e)).slice(0, 300);

/** The handshake failed and the runtime does not say why. */
const HANDSHAKE_FAILED = 'remote error: tls: handshake failure';

function isTls(code: string, message: string): boolean {
  return TLS_TEXTS.has(code) || /^(ERR_SSL|ERR_TLS|ERR_OSSL|EPROTO|CERT_|HOSTNAME_MISMATCH)/.test(code) || /\bSSL\b|\bTLS\b/.test(message);
}

function tlsText(code: string, message: string): string {
  // OpenSSL and BoringSSL say "wrong version number" when the first bytes are not TLS: mostly a plain HTTP server.
  if (
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/i.test(code) ||
    /wrong.version.number|http.request|packet.length.too.long/i.test(message)
  )
    return PLAIN_ANSWER;
  const alternatives = /is not in the cert's altnames: (.*)$/.exec(message)?.[1];
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' && alternatives)
    return `tls: failed to verify certificate: x509: certificate is valid for ${alternatives.replace(/\b(?:DNS|IP Address):/g, '')}, not the host asked for`;
  return (
    TLS_TEXTS.get(code) ??
    (code === 'EPROTO' && /Does the server speak TLS/.test(message) ? HANDSHAKE_FAILED : `remote error: tls: ${message}`)
  );
}

/** The address as Go prints it: `host:port`. */
function addressOf(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

function networkText(url: URL, code: string, message: string): string {
  const connect = CONNECT_TEXTS.get(code);
  if (connect !== undefined) return `dial tcp ${addressOf(url)}: ${connect}`;
  const lookup = LOOKUP_TEXTS.get(code);
  if (lookup !== undefined) return `dial tcp: lookup ${url.hostname}: ${lookup}`;
  return BROKEN_TEXTS.get(code) ?? message;
}

/** Where and how: the facts shared by the network faults of one request. */
export function requestFacts(request: HttpRequest, detail: string): { method: string; url: string; detail: string } {
  return { method: request.method, url: printableUrl(request.url), detail };
}

/** The fault for a TLS server whose certificate leads to none of the roots. */
export const unknownAuthority = (request: HttpRequest): Fault =>
  httpFaults.TLS_FAILED({ ...requestFacts(request, UNKNOWN_AUTHORITY), errno: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });

/** The fault for a server that speaks plain HTTP where TLS was expected. */
export const plainAnswer = (request: HttpRequest, cause: unknown): Fault =>
  httpFaults.TLS_FAILED({ ...requestFacts(request, PLAIN_ANSWER), errno: 'EPROTO' }, { cause, remedy: NOT_TLS });

/** Did the handshake fail for a reason that the runtime keeps to itself? */
export const isUnexplainedHandshake = (fault: Fault): boolean => fault.facts.detail === HANDSHAKE_FAILED;

/** The fault for whatever a runtime threw while it sent a request or read an answer. */
export function networkFault(request: HttpRequest, e: unknown, proxy?: URL): Fault {
  if (isFault(e)) return e;
  const errno = codeOf(e);
  const message = messageOf(e);
  // The runtime's error text may quote the URL with its secrets: it goes no further than the cause.
  if (isTls(errno, message)) {
    const text = tlsText(errno, message);
    if (text === PLAIN_ANSWER) return plainAnswer(request, e);
    return httpFaults.TLS_FAILED({ ...requestFacts(request, text), errno }, { cause: e });
  }
  const target = proxy ?? new URL(request.url);
  const detail = networkText(target, errno, message);
  return httpFaults.UNREACHABLE(
    { ...requestFacts(request, proxy === undefined ? detail : `proxyconnect tcp: ${detail}`), errno },
    { cause: e },
  );
}
