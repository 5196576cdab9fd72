// SPDX-License-Identifier: Apache-2.0
/** Which version of a program was measured. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

const UNKNOWN = 'unknown version';

/** How programs are asked; the others have a command `version`. A server that is asked wrongly starts. */
const QUESTION: Readonly<Record<string, string>> = {
  'notary-server': '-version',
  'notary-signer': '-version',
  'docker-registry': '--version',
  skopeo: '--version',
  zot: '--version',
};

/** The version in what a program says of itself, without those of its compiler, its runtime and its protocols. */
export function versionInText(text: string): string | undefined {
  const own = text
    .replace(/"(?:distribution-spec|go version)":"[^"]*"/g, '')
    .replace(/\b(?:go\s?|Bun |Node )v?\d+(?:\.\d+)+/g, '')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '');
  return /\bv?\d+\.\d+\.\d+[^\s),"]*/.exec(own)?.[0];
}

/** The version of the main module, which the Go linker writes into each executable. */
export function versionInGoBinary(bytes: Buffer): string | undefined {
  const at = bytes.indexOf('\nmod\t');
  const line = at < 0 ? '' : bytes.subarray(at + 1, at + 512).toString('latin1');
  return /^mod\t\S+\t(v\d[^\s]*)/.exec(line)?.[1];
}

function said(file: string): string | undefined {
  const question = QUESTION[basename(file)] ?? 'version';
  const { stdout, stderr } = spawnSync(file, [question], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 5_000 });
  return versionInText(`${stdout ?? ''}\n${stderr ?? ''}`);
}

/** Debian builds some programs without a version, and knows the package's. */
function packaged(file: string): string | undefined {
  try {
    const ask = (program: string, ...args: string[]): string =>
      execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [owner = ''] = ask('dpkg', '-S', realpathSync(file)).split(':');
    const [, version = ''] = ask('dpkg-query', '-W', owner).split('\t');
    return `${version.trim()} (Debian)`;
  } catch {
    return undefined;
  }
}

/** What a program says, what its package is called, or what its linker wrote; some say nothing, and are compared all the same. */
export const versionOf = (file: string): string => said(file) ?? packaged(file) ?? versionInGoBinary(readFileSync(file)) ?? UNKNOWN;
