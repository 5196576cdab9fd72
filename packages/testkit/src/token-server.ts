// SPDX-License-Identifier: Apache-2.0
/** A token server for docker-registry: alice, password `pw`, may push and pull; strangers may pull what the test lets them. */
import { createServer, type IncomingMessage } from 'node:http';
import { toBase64, toBase64Url, toUtf8 } from '@notary/base';
import { createTestCa } from './test-ca.ts';

export interface TokenServer {
  readonly url: string;
  /** How docker-registry is told of it: `startDockerRegistry({ token: server.settings })`. */
  readonly settings: { readonly realm: string; readonly service: string; readonly issuer: string; readonly rootCertPem: string };
  /** What was asked: the method, the user, the scopes. */
  readonly asked: { method: string; user: string | undefined; scopes: string[] }[];
  /** A token, for requests of the test itself. */
  token(scopes: readonly string[], user?: string): Promise<string>;
  stop(): Promise<void>;
}

const SERVICE = 'test-registry';
const ISSUER = 'issuer';

/** What alice may give in place of her password. */
export const IDENTITY_TOKEN = 'identity-of-alice';

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return new URLSearchParams(text);
}

/** Starts one on a free port of the loopback. Its tokens are ES256, vouched for by their certificate. */
export async function startTokenServer(options: { strangersMayPull?: (repository: string) => boolean } = {}): Promise<TokenServer> {
  const { strangersMayPull = () => true } = options;
  const ca = await createTestCa({ keyType: 'EC-256' });
  const identity = await ca.server(['token.example'], { keyType: 'EC-256' });
  const asked: TokenServer['asked'] = [];
  const part = (value: unknown): string => toBase64Url(toUtf8(JSON.stringify(value)));
  const token = async (scopes: readonly string[], user?: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const access = scopes.map((scope) => {
      const [type, name = '', actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',').filter((a) => user === 'alice' || (a === 'pull' && strangersMayPull(name))) };
    });
    const head = part({ typ: 'JWT', alg: 'ES256', x5c: [toBase64(identity.certificate.der)] });
    const claims = {
      iss: ISSUER,
      sub: user ?? '',
      aud: SERVICE,
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: String(asked.length),
      access,
    };
    const signed = `${head}.${part(claims)}`;
    return `${signed}.${toBase64Url(await identity.key.sign('ES256', toUtf8(signed)))}`;
  };
  const answer = async (request: IncomingMessage): Promise<[number, unknown]> => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const form = request.method === 'POST' ? await bodyOf(request) : searchParams;
    const scopes = form.getAll('scope').flatMap((s) => s.split(' '));
    const { authorization } = request.headers;
    const known = authorization === `Basic ${btoa('alice:pw')}` || form.get('refresh_token') === IDENTITY_TOKEN;
    asked.push({ method: request.method ?? '', user: known ? 'alice' : undefined, scopes });
    if (!known && (authorization !== undefined || request.method === 'POST'))
      return [401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }];
    const issued = await token(scopes, known ? 'alice' : undefined);
    return [200, { token: issued, access_token: issued, expires_in: 300 }];
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (e) => response.writeHead(500).end(String(e)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/token`;
  return {
    url,
    settings: { realm: url, service: SERVICE, issuer: ISSUER, rootCertPem: ca.rootPem },
    asked,
    token,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
