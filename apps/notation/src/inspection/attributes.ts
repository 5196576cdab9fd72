// SPDX-License-Identifier: Apache-2.0
/** What a signature's parts are called and how its times are shown, shared by the tree and the JSON form. */
import type { SignatureAlgorithm } from '@notary/base/crypto';
import { type Zone, zoneOfRfc3339 } from '@notary/cli/format';
import { COSE_MEDIA_TYPE, type EnvelopeContent } from '@notary/signature';
import type { Host } from '../deps.ts';

const NAMES: Readonly<Record<SignatureAlgorithm, string>> = {
  PS256: 'RSASSA-PSS-SHA-256',
  PS384: 'RSASSA-PSS-SHA-384',
  PS512: 'RSASSA-PSS-SHA-512',
  ES256: 'ECDSA-SHA-256',
  ES384: 'ECDSA-SHA-384',
  ES512: 'ECDSA-SHA-512',
};

/** As the plugin protocol of the Notary Project spells it. */
export const algorithmName = (algorithm: SignatureAlgorithm): string => NAMES[algorithm];

/** JWS times are shown in the offset in which they are written, COSE times, which have none, in the machine's zone. */
export function zoneFor(envelope: EnvelopeContent, at: Date, text: string | undefined, host: Host): Zone {
  if (envelope.mediaType === COSE_MEDIA_TYPE) return host.zoneAt(at);
  return zoneOfRfc3339(text ?? '') ?? host.zoneAt(at);
}
