// SPDX-License-Identifier: Apache-2.0
/** Trust pins in the client's configuration: `trust_pinning.certs`, `.ca`, `.disable_tofu`. */
import { type Files, fromUtf8, isFault, toUtf8 } from '@notary/base';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { choosePin, parseBundle, type RootFingerprint, type TrustPins } from '@notary/tuf';
import type { Certificate } from '@notary/x509';
import { collectionFaults } from './faults.ts';
import { MAX_CONFIG_BYTES } from './limits.ts';

/** Pins as configured: authorities are still paths. */
export interface PinConfig {
  readonly certs: ReadonlyMap<string, readonly string[]>;
  readonly ca: ReadonlyMap<string, string>;
  readonly disableTofu: boolean;
}

/** A configuration without pins: first contact is trusted. */
export const NO_PIN_CONFIG: PinConfig = { certs: new Map(), ca: new Map(), disableTofu: false };

/** The section out of a parsed configuration. Faults: `COLLECTION_CONFIG_INVALID`. */
export function parsePinConfig(config: JsonValue | undefined, path: string): PinConfig {
  const section = isJsonObject(config) ? config.trust_pinning : undefined;
  if (section === undefined || section === null) return NO_PIN_CONFIG;
  const invalid = (problem: string) => collectionFaults.CONFIG_INVALID({ path, problem });
  if (!isJsonObject(section)) throw invalid('trust_pinning is not an object');
  const certs = new Map<string, readonly string[]>();
  for (const [gun, value] of entries(section.certs)) {
    const ids = typeof value === 'string' ? [value] : value;
    if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string'))
      throw invalid(`trust_pinning.certs of ${gun} is not a list of key IDs`);
    certs.set(gun, ids as string[]);
  }
  const ca = new Map<string, string>();
  for (const [prefix, value] of entries(section.ca)) {
    if (typeof value !== 'string') throw invalid(`trust_pinning.ca of ${prefix} is not a path`);
    ca.set(prefix, value);
  }
  const tofu = section.disable_tofu ?? false;
  const disableTofu = tofu === true || tofu === 'true' || tofu === 1 || tofu === '1';
  return { certs, ca, disableTofu };
}

const entries = (value: JsonValue | undefined): [string, JsonValue][] => (isJsonObject(value) ? Object.entries(value) : []);

/**
 * Loads what a GUN needs: the authorities of the one prefix that applies. A path is relative to the configuration file, as the
 * reference documents, or else to the working directory, as it behaves. Faults: `COLLECTION_PIN_CA_UNREADABLE`.
 */
export async function loadPins(config: PinConfig, gun: string, files: Files, configFolder: string): Promise<TrustPins> {
  if (config.ca.size === 0) return { certs: config.certs, ca: new Map(), disableTofu: config.disableTofu };
  const placeholders = new Map<string, readonly Certificate[]>([...config.ca.keys()].map((prefix) => [prefix, []]));
  const choice = choosePin({ ...config, ca: placeholders }, gun);
  const ca = new Map<string, readonly Certificate[]>();
  if (choice.kind === 'ca') ca.set(choice.prefix, await readAuthorities(config.ca.get(choice.prefix) as string, gun, files, configFolder));
  return { certs: config.certs, ca, disableTofu: config.disableTofu };
}

async function readAuthorities(path: string, gun: string, files: Files, configFolder: string): Promise<Certificate[]> {
  const candidates = path.startsWith('/') ? [path] : [`${configFolder}/${path}`, path];
  try {
    for (const candidate of candidates) {
      const bytes = await files.read(candidate, MAX_CONFIG_BYTES);
      if (bytes !== undefined) return parseBundle(bytes);
    }
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw collectionFaults.PIN_CA_UNREADABLE({ gun, path }, { cause });
  }
  throw collectionFaults.PIN_CA_UNREADABLE({ gun, path });
}

/** GUNs and prefixes whose capitals the Go client ignores, so that it would trust on first use instead. */
export const pinsIgnoredByGo = (config: PinConfig): string[] =>
  [...config.certs.keys(), ...config.ca.keys()].filter((k) => k !== k.toLowerCase());

/** The configuration text with the pin of a GUN set, everything else kept. Faults: `COLLECTION_CONFIG_INVALID`. */
export function setPin(configText: string | undefined, path: string, gun: string, keyIds: readonly string[]): string {
  const config = configText === undefined || configText.trim() === '' ? {} : parseConfig(toUtf8(configText), path);
  const pinning = isJsonObject(config.trust_pinning) ? config.trust_pinning : {};
  const certs = isJsonObject(pinning.certs) ? pinning.certs : {};
  const next = { ...config, trust_pinning: { ...pinning, certs: { ...certs, [gun]: [...keyIds] } } };
  return `${JSON.stringify(next, null, 2)}\n`;
}

/** A configuration file. Faults: `COLLECTION_CONFIG_INVALID`. */
export function parseConfig(bytes: Uint8Array, path: string): JsonObject {
  try {
    const value = parseJsonStrict(fromUtf8(bytes), { maxBytes: MAX_CONFIG_BYTES, duplicates: 'last' });
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw collectionFaults.CONFIG_INVALID({ path, problem: `While parsing config: ${(cause as Error).message}` }, { cause });
  }
  throw collectionFaults.CONFIG_INVALID({ path, problem: 'While parsing config: the file is not a JSON object' });
}

/** How the root that is trusted compares with the pin. */
export type PinState = 'match' | 'mismatch' | 'unpinned';

/** Does what is pinned for a GUN fit these root keys? */
export function comparePin(
  config: PinConfig,
  gun: string,
  roots: readonly RootFingerprint[],
): { state: PinState; pinned: readonly string[] } {
  const choice = choosePin({ ...config, ca: new Map() }, gun);
  if (choice.kind !== 'certs') return { state: 'unpinned', pinned: [] };
  return { state: roots.some((r) => choice.keyIds.includes(r.keyId)) ? 'match' : 'mismatch', pinned: choice.keyIds };
}
