// SPDX-License-Identifier: Apache-2.0
/**
 * Go's proxy rules (`golang.org/x/net/http/httpproxy`): HTTP_PROXY for http, HTTPS_PROXY for https, NO_PROXY with names,
 * suffixes, addresses, networks and ports; upper case first, then lower; never for localhost or a loopback address.
 */
import { type Environment, toBase64, toUtf8 } from '@notary/base';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

const either = (environment: Environment, name: string): string => environment.get(name) || environment.get(name.toLowerCase()) || '';

/** The address as bytes: 4 for IPv4 (and IPv4 in IPv6), 16 for IPv6; undefined for a name. */
export function parseAddress(text: string): readonly number[] | undefined {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (v4) {
    const parts = v4.slice(1).map(Number);
    return parts.every((n) => n < 256) ? parts : undefined;
  }
  return text.includes(':') ? parseIpv6(text) : undefined;
}

function parseIpv6(text: string): readonly number[] | undefined {
  let source = (text.split('%')[0] as string).toLowerCase();
  const dotted = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(source);
  if (dotted) {
    const v4 = parseAddress(dotted[2] as string);
    if (v4 === undefined) return undefined;
    const word = (i: number): string => (((v4[i] as number) << 8) | (v4[i + 1] as number)).toString(16);
    source = `${dotted[1]}${word(0)}:${word(2)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const head = groups(halves[0]);
  const tail = groups(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!all.every((g) => /^[0-9a-f]{1,4}$/.test(g))) return undefined;
  const bytes = all.flatMap((g) => [Number.parseInt(g, 16) >> 8, Number.parseInt(g, 16) & 255]);
  const mapped = bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? bytes.slice(12) : bytes;
}

function isLoopback(host: string, address: readonly number[] | undefined): boolean {
  if (host === 'localhost') return true;
  if (address === undefined) return false;
  return address.length === 4 ? address[0] === 127 : address.every((b, i) => b === (i === 15 ? 1 : 0));
}

function inNetwork(address: readonly number[], network: string): boolean {
  const slash = network.lastIndexOf('/');
  const base = parseAddress(network.slice(0, slash));
  const bits = Number(network.slice(slash + 1));
  if (base === undefined || base.length !== address.length || !/^\d+$/.test(network.slice(slash + 1)) || bits > base.length * 8)
    return false;
  return address.every((b, i) => {
    const used = Math.min(8, Math.max(0, bits - i * 8));
    const mask = (0xff << (8 - used)) & 0xff;
    return (b & mask) === ((base[i] as number) & mask);
  });
}

/** Splits `host:port`, `[v6]:port`, `[v6]`; a bare IPv6 address has no port. */
function splitPort(entry: string): { host: string; port: string } {
  const bracketed = /^\[([^\]]*)\](?::(\d*))?$/.exec(entry);
  if (bracketed) return { host: bracketed[1] as string, port: bracketed[2] ?? '' };
  const plain = /^([^:]*):(\d*)$/.exec(entry);
  return plain ? { host: plain[1] as string, port: plain[2] as string } : { host: entry, port: '' };
}

function matchesEntry(raw: string, host: string, port: string, address: readonly number[] | undefined): boolean {
  const entry = raw.trim().toLowerCase();
  if (entry === '') return false;
  if (entry === '*') return true;
  if (/^[^[\]]*\/\d+$/.test(entry) && parseAddress(entry.slice(0, entry.lastIndexOf('/'))))
    return address !== undefined && inNetwork(address, entry);
  const wanted = splitPort(entry);
  if (wanted.host === '' || (wanted.port !== '' && wanted.port !== port)) return false;
  const wantedAddress = parseAddress(wanted.host);
  // Names never match addresses, so that NO_PROXY=.1 does not exempt 10.0.0.1.
  if (address !== undefined || wantedAddress !== undefined) return address?.join('.') === wantedAddress?.join('.');
  // ".example.com" and "*.example.com" match names below; "example.com" matches itself too.
  const suffixOnly = wanted.host.startsWith('*.') ? wanted.host.slice(1) : wanted.host;
  if (suffixOnly.startsWith('.')) return host.endsWith(suffixOnly);
  return host === suffixOnly || host.endsWith(`.${suffixOnly}`);
}

/** May this URL go through a proxy, by NO_PROXY and the loopback rule? */
export function usesProxy(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const address = parseAddress(host);
  if (isLoopback(host, address)) return false;
  const port = url.port || (DEFAULT_PORTS[url.protocol] ?? '');
  return !noProxy.split(',').some((entry) => matchesEntry(entry, host, port, address));
}

/** The proxy for a URL, or undefined for a direct connection. A value without scheme means `http://`, as in Go. */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const value = either(environment, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (value === '') return undefined;
  // Under CGI that variable is the request's `Proxy:` header (httpoxy).
  if (url.protocol === 'http:' && environment.get('REQUEST_METHOD'))
    throw new TypeError('refusing to use HTTP_PROXY value in CGI environment');
  if (!usesProxy(url, either(environment, 'NO_PROXY'))) return undefined;
  const proxy = readProxy(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  // A proxy that cannot be used must not turn into a direct connection.
  if (proxy === undefined)
    throw new TypeError(
      `invalid proxy address ${JSON.stringify(value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1[redacted]@').slice(0, 200))}`,
    );
  return proxy;
}

function readProxy(text: string): URL | undefined {
  try {
    const proxy = new URL(text);
    return proxy.protocol === 'http:' || proxy.protocol === 'https:' ? proxy : undefined;
  } catch {
    return undefined;
  }
}

/** The `Proxy-Authorization` that a proxy address asks for with its user information. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '' && proxy.password === '') return undefined;
  const bytes = toUtf8(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`);
  return `Basic ${toBase64(bytes)}`;
}
