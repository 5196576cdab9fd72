// SPDX-License-Identifier: Apache-2.0
/** The first lines: where it listens, where its data is, whether it is protected, what to try next. */

export interface Started {
  readonly url: string;
  readonly root: string | undefined;
  readonly protection: 'none' | 'htpasswd' | 'token';
  readonly anonymousPull: boolean;
  readonly readOnly: boolean;
  readonly loopback: boolean;
}

const PROTECTION = { none: 'no authentication', htpasswd: 'users of the htpasswd file', token: 'bearer tokens' };

export function startedText(s: Started): string {
  const host = s.url.replace(/^https?:\/\//, '').replace(/^(127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?=:)/, 'localhost');
  const tls = s.url.startsWith('https:');
  const plain = !tls && !host.startsWith('localhost');
  const who = s.anonymousPull ? `${PROTECTION[s.protection]}, anyone may pull` : PROTECTION[s.protection];
  const lines = [`notary-registry listens on ${s.url}, data in ${s.root ?? 'memory'}, ${s.readOnly ? 'read-only, ' : ''}${who}`];
  if (!s.readOnly)
    lines.push(
      `try: oras push${plain ? ' --plain-http' : ''} ${host}/hello:v1 README.md && notation sign${plain ? ' --insecure-registry' : ''} ${host}/hello:v1`,
    );
  if (s.protection === 'none' && !s.loopback && !s.readOnly)
    lines.push('warning: anyone who reaches this address may push and delete; use --htpasswd or --token-realm');
  if (s.protection === 'htpasswd' && !tls && !s.loopback)
    lines.push('warning: passwords travel in clear text; use --tls-cert and --tls-key');
  return `${lines.join('\n')}\n`;
}
