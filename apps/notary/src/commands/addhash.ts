// SPDX-License-Identifier: Apache-2.0
/** `notary addhash`: stages a target by size and digests. */
import { fromHex, toBase64 } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { stageTarget } from '@notary/collection';
import { requireArguments } from '../arguments.ts';
import { readCustom } from '../custom-data.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { finishStaging } from '../publishing.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const problem = 'Must specify a GUN, target, byte size of target data, and at least one hash';
  const { roles, custom, sha256, sha512 } = invocation.options as {
    roles: readonly string[];
    custom: string;
    sha256: string;
    sha512: string;
  };
  const [gun = '', name = '', size = ''] = requireArguments(invocation, 3, problem);
  if (sha256 === '' && sha512 === '') throw faults.USAGE({ problem });
  const data = await readCustom(deps, custom);
  const length = parseSize(size);
  const session = await openSession(invocation, deps, gun, 'offline');
  const hashes = new Map([...hashEntry('sha256', sha256, 64), ...hashEntry('sha512', sha512, 128)]);
  await stageTarget(session.changes, name, data === undefined ? { length, hashes } : { length, hashes, custom: data }, roles);
  const used = [...hashes.keys()].join(', ');
  const text = `Addition of target "${name}" by ${used} hash to repository "${gun}" staged for next publish.\n`;
  await finishStaging(invocation, deps, { gun, text, json: { target: name, length, roles: roles.length > 0 ? roles : ['targets'] } });
}

function hashEntry(algorithm: string, hex: string, length: number): [string, string][] {
  if (hex === '') return [];
  if (hex.length !== length) throw faults.INPUT({ problem: `invalid ${algorithm} hex contents provided` });
  const bad = /[^0-9a-fA-F]/u.exec(hex);
  if (bad)
    throw faults.INPUT({
      problem: `encoding/hex: invalid byte: U+${(bad[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${bad[0]}'`,
    });
  return [[algorithm, toBase64(fromHex(hex))]];
}

/** Go's `strconv.ParseInt(s, 0, 64)`: decimal, `0x`, `0o`, `0b`, a leading zero for octal, underscores between digits. */
function parseSize(text: string): number {
  const refused = (reason: string) => faults.INPUT({ problem: `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${reason}` });
  const m = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]*|0[bB][01_]+|[1-9][0-9_]*)$/.exec(text);
  if (m === null) throw refused('invalid syntax');
  const digits = (m[2] as string).replaceAll('_', '');
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (value >= 2n ** 63n) throw refused('value out of range');
  if (m[1] === '-' || value > BigInt(Number.MAX_SAFE_INTEGER)) throw faults.INPUT({ problem: `${text} is not a size` });
  return Number(value);
}
