// SPDX-License-Identifier: Apache-2.0
/** Who signs: a key of the list, or the one that the command line names. */
import { createLocalSigner, mediaTypeForFormat, type Signer } from '@notary/signature';
import { USER_AGENT } from '../build-info.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { localOffsetMinutes } from '../local-zone.ts';
import { parsePairs } from '../pairs.ts';
import { findKey, loadSigningKeys } from '../store/signing-keys.ts';
import { loadAdHocKeyPair, loadKeyPair } from './key-pair.ts';

/** The options of a command that signs. */
export interface SignerOptions {
  readonly key: string;
  readonly keyFile: string;
  readonly certFile: readonly string[];
  readonly passphraseFile: string;
}

/** Faults: `CMD_KEY_…` and those of {@link loadKeyPair} and the signer. */
export async function openSigner(deps: AppDeps, options: SignerOptions): Promise<Signer> {
  const passphraseFile = options.passphraseFile || undefined;
  if (options.keyFile !== '' || options.certFile.length > 0) {
    if (options.keyFile === '') throw faults.KEY_PATH_MISSING();
    const { key, chain } = await loadAdHocKeyPair(deps, { keyFile: options.keyFile, certFiles: options.certFile, passphraseFile });
    return createLocalSigner(key, chain);
  }
  const listed = findKey(await loadSigningKeys(deps), options.key);
  if (listed.keyPath !== undefined || listed.certPath !== undefined) {
    if (!listed.keyPath) throw faults.KEY_PATH_MISSING();
    if (!listed.certPath) throw faults.CERTIFICATE_PATH_MISSING();
    const { key, chain } = await loadKeyPair(deps, { keyPath: listed.keyPath, certPath: listed.certPath, passphraseFile });
    return createLocalSigner(key, chain);
  }
  if (listed.id === undefined && listed.pluginName === undefined) throw faults.KEY_UNSUPPORTED();
  throw faults.KEY_NEEDS_PLUGIN({ name: listed.name, plugin: listed.pluginName ?? '' });
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** What else a signature is made of, from the options; checked in the reference's order. */
export async function signingOptions(
  deps: AppDeps,
  signer: Signer,
  options: { readonly signatureFormat: string; readonly expiry: bigint; readonly userMetadata: readonly string[] },
) {
  return {
    signer,
    mediaType: mediaTypeForFormat(options.signatureFormat),
    userMetadata: parsePairs(options.userMetadata, 'user-metadata'),
    clock: deps.clock,
    expiryMs: Number(options.expiry) / NANOSECONDS_PER_MILLISECOND,
    signingAgent: USER_AGENT,
    utcOffsetMinutes: await localOffsetMinutes(deps, deps.clock.now()),
  };
}
