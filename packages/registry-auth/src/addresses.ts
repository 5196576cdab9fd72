// SPDX-License-Identifier: Apache-2.0
/**
 * Guards against being sent to places that the user's machine can reach and the registry cannot (server-side request
 * forgery): a token server, redirect or upload location on another host must not be a private address literal.
 * Names that resolve to such addresses are the business of whoever runs the resolver.
 */

/** Is this host of a parsed URL (so IPv4 in dotted form, IPv6 in brackets) on this machine? */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return (
    host === 'localhost' || host.endsWith('.localhost') || /^127\./.test(host) || host === '[::1]' || /^\[::ffff:7f[0-9a-f]{2}:/.test(host)
  );
}

/** Is this host a literal of an address that is not public: loopback, private, link-local, shared, multicast, unspecified? */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (isLoopbackHost(host)) return true;
  if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1));
  const quad = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  return quad !== null && isPrivateIpv4(Number(quad[1]), Number(quad[2]));
}

/** RFC 6890's special-purpose blocks, by the first two bytes. */
function isPrivateIpv4(a: number, b: number): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100) return b >= 64 && b < 128;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 192) return b === 168 || b === 0;
  return a === 198 && (b === 18 || b === 19);
}

function isPrivateIpv6(address: string): boolean {
  if (address === '::' || address === '::1') return true;
  if (/^f[cdf]/.test(address) || /^fe[89ab]/.test(address)) return true;
  // Addresses that carry an IPv4 address: mapped, compatible, NAT64 and 6to4.
  const embedded =
    /^::(?:ffff:)?([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(address) ??
    /^64:ff9b::([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(address) ??
    /^2002:([0-9a-f]{1,4}):/.exec(address);
  if (embedded === null) return false;
  const high = Number.parseInt(embedded[1] as string, 16);
  return isPrivateIpv4(high >> 8, high & 255);
}

/**
 * Why `target` must not be contacted on behalf of `origin`, or `undefined` if it may. The same host is always allowed,
 * whatever its port, and so is this machine when the registry is on it. Going from https to http is not.
 */
export function targetProblem(target: URL, origin: URL): string | undefined {
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return `it is not an http URL`;
  if (target.username !== '' || target.password !== '') return 'it carries a user name';
  if (origin.protocol === 'https:' && target.protocol === 'http:') return 'it is not https';
  if (target.hostname === origin.hostname || !isPrivateHost(target.hostname)) return undefined;
  if (isLoopbackHost(target.hostname) && isLoopbackHost(origin.hostname)) return undefined;
  return `${target.hostname} is a private address of another machine`;
}

/** Parses a URL from outside; `undefined` if it is none. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
