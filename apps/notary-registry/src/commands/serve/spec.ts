// SPDX-License-Identifier: Apache-2.0
/** `notary-registry serve`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';

export const serveFlags = {
  root: {
    type: 'string',
    usage: 'directory of the layouts, made if missing',
    default: './registry-data',
    env: 'NOTARY_REGISTRY_ROOT',
    complete: 'directory',
  },
  memory: { type: 'bool', usage: 'keep everything in memory, nothing on disk' },
  addr: {
    type: 'string',
    usage: 'address to listen on',
    default: '127.0.0.1:5000',
    env: 'NOTARY_REGISTRY_ADDR',
    complete: 'none',
    placeholder: 'host:port',
  },
  'tls-cert': { type: 'string', usage: 'PEM file with the certificate chain', placeholder: 'file' },
  'tls-key': { type: 'string', usage: 'PEM file with the key of the certificate', placeholder: 'file' },
  htpasswd: {
    type: 'string',
    usage: 'users and bcrypt hashes; without it and without --token-realm everybody may push',
    placeholder: 'file',
  },
  'anonymous-pull': { type: 'bool', usage: 'with --htpasswd: let everybody pull' },
  'read-only-users': {
    type: 'string',
    usage: 'users of --htpasswd who may pull and nothing else, separated by commas',
    default: '',
    complete: 'none',
    placeholder: 'names',
  },
  'token-realm': {
    type: 'string',
    usage: 'URL where clients get tokens (Docker registry v2 scheme)',
    complete: 'none',
    placeholder: 'url',
  },
  'token-service': { type: 'string', usage: 'audience of tokens', default: 'notary-registry', complete: 'none', placeholder: 'name' },
  'token-name': {
    type: 'string',
    usage: 'expected issuer ("iss") of tokens',
    default: 'notary-registry',
    complete: 'none',
    placeholder: 'name',
  },
  'token-key': { type: 'string', usage: 'PEM certificates or public keys, or a JWK set, that verify tokens', placeholder: 'file' },
  'token-issuer': { type: 'bool', usage: 'also issue tokens, to the users of --htpasswd, at the path of --token-realm' },
  'token-signing-key': {
    type: 'string',
    usage: 'PKCS#8 PEM file with the P-256 key of --token-issuer (default: made once, below the root)',
    placeholder: 'file',
  },
  'read-only': { type: 'bool', usage: 'refuse every change; the root may be on a read-only disk' },
  'require-blobs': { type: 'bool', usage: 'refuse manifests that name blobs which are not there' },
  'metrics-addr': {
    type: 'string',
    usage: 'address for /metrics, /healthz and /readyz (default: that of --addr)',
    complete: 'none',
    placeholder: 'host:port',
  },
  'gc-interval': { type: 'duration', usage: 'remove unreferenced blobs this often; 0 does not', default: 0n },
  'gc-grace': { type: 'duration', usage: 'keep unreferenced blobs younger than this', default: 3_600_000_000_000n },
  'log-level': { type: 'string', usage: 'debug, info, warn or error', default: 'info', words: ['debug', 'info', 'warn', 'error'] },
} as const;

export const serveCommand: Command<AppDeps> = {
  name: 'serve',
  use: '[flags]',
  short: 'Serve the registry',
  long: `Serve an OCI registry (OCI Distribution 1.1). Each repository is an OCI image layout below the root that other tools may read
while the registry runs. SIGTERM and SIGINT stop it gracefully, SIGHUP reads certificates and users again. Logs are JSON lines on
standard error.`,
  example: `  # On this machine, without protection
  notary-registry serve

  # For a team: TLS, and users made with htpasswd -B
  notary-registry serve --addr :443 --tls-cert cert.pem --tls-key key.pem --htpasswd users --anonymous-pull`,
  args: 'none',
  flags: serveFlags,
  groups: {
    together: [['tls-cert', 'tls-key']],
    exclusive: [
      ['memory', 'root'],
      ['memory', 'read-only'],
    ],
  },
  load: () => import('./run.ts'),
};
