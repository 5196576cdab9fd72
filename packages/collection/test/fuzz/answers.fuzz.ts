// SPDX-License-Identifier: Apache-2.0
import { Fault } from '@notary/base';
import { parseGun, parseMirrorList, parseServerUrl, rejection } from '../../src/index.ts';

/** What servers answer and users type: a refusal is one printable line, a name stays inside its folder. */
export function fuzz(bytes: Uint8Array): void {
  const { message } = rejection(bytes);
  if (/[\u0000-\u001f\u007f-\u009f]/.test(message)) throw new Error(`control characters in ${JSON.stringify(message)}`);
  const text = new TextDecoder().decode(bytes);
  const readers = [() => leaves(parseGun(text)), () => parseMirrorList(text).forEach(leaves), () => parseServerUrl(text)];
  for (const read of readers) {
    try {
      read();
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
    }
  }
}

function leaves(gun: string): void {
  if (gun.startsWith('/') || gun.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new Error(`name leaves its folder: ${gun}`);
}
