// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { onlyFaults } from '@notary/testkit/fuzz';
import { parseGun, parseMirrorList, parseServerUrl, rejection } from '../../src/index.ts';

export const seeds = [
  '{"errors":[{"code":"VERSION","message":"old","detail":{"Error":{"Msg":"low version"},"Name":"ErrBadTargets"}}]}',
  'docker.com/library/alpine\n# comment\n\nexample.com/a',
  'https://notary.example:4443/path',
].map(toUtf8);

/** What servers answer and users type: a refusal is one printable line, a name stays inside its folder. */
export function fuzz(bytes: Uint8Array): void {
  const { message } = rejection(bytes);
  if (/[\u0000-\u001f\u007f-\u009f]/.test(message)) throw new Error(`control characters in ${JSON.stringify(message)}`);
  const text = new TextDecoder().decode(bytes);
  onlyFaults(
    () => checkName(parseGun(text)),
    () => parseMirrorList(text).forEach(checkName),
    () => parseServerUrl(text),
  );
}

function checkName(gun: string): void {
  if (gun.startsWith('/') || gun.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new Error(`name leaves its folder: ${gun}`);
}
