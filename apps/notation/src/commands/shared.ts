// SPDX-License-Identifier: Apache-2.0
/** Rules and defaults that several commands' tables share. */
import type { ArgumentRule } from '@notary/cli';
import type { AppDeps } from '../deps.ts';

/** The first argument is an artifact; more are ignored, as in the reference. */
export const requireReference =
  (command: string): ArgumentRule =>
  (args) =>
    args.length === 0
      ? `missing reference to the artifact: use \`notation ${command} --help\` to see what parameters are required`
      : undefined;

/** The first argument is a registry; more are ignored. */
export const requireServer: ArgumentRule = (args) => (args.length === 0 ? 'no hostname specified' : undefined);

/** The signature format that config.json prefers, from the platform's directory whatever NOTATION_CONFIG says: so does the reference. */
export async function signatureFormatDefault(deps: AppDeps): Promise<Readonly<Record<string, string>>> {
  const { readDefaults } = await import('../store/config-file.ts');
  return { 'signature-format': (await readDefaults(deps)).signatureFormat };
}

/** Names of the signing key list, for completion. */
export async function suggestKeyNames(deps: AppDeps, args: readonly string[]): Promise<readonly string[]> {
  const { loadSigningKeys } = await import('../store/signing-keys.ts');
  return (await loadSigningKeys(deps)).keys.map((key) => key.name).filter((name) => !args.includes(name));
}

/** May this be the name of a store, a key or a file of ours? */
export const isFileName = (name: string): boolean => /^[a-zA-Z0-9_.-]+$/.test(name);
