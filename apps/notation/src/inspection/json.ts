// SPDX-License-Identifier: Apache-2.0
/** One signature as the reference's JSON: members and their order are a public contract of both tools. */
import { formatRfc3339Nano } from '@notary/cli/format';
import type { InspectedSignature } from '@notary/notation/inspect';
import { attributeText } from '@notary/signature';
import { type Certificate, goName } from '@notary/x509';
import type { Host } from '../deps.ts';
import { algorithmName, zoneFor } from './attributes.ts';
import { timestampOf } from './timestamp.ts';

/** `digest` is absent for a detached signature. */
export function signatureJson(
  digest: string | undefined,
  mediaType: string,
  inspected: InspectedSignature,
  host: Host,
): Record<string, unknown> {
  const { envelope, target } = inspected;
  return {
    ...(digest === undefined ? {} : { digest }),
    signatureAlgorithm: algorithmName(envelope.algorithm),
    signatureEnvelopeType: mediaType,
    signedAttributes: sorted(signedAttributes(inspected, host)),
    userDefinedAttributes: target.annotations.size === 0 ? null : sorted([...target.annotations]),
    unsignedAttributes: sorted(unsignedAttributes(inspected)),
    certificates: envelope.certificates.map(certificateJson),
    signedArtifact: signedArtifact(inspected),
  };
}

type Entries = readonly (readonly [string, unknown])[];

/** Go writes maps in the order of their keys. */
const sorted = (entries: Entries): Record<string, unknown> =>
  Object.fromEntries([...new Map(entries)].sort(([a], [b]) => (a < b ? -1 : 1)));

function signedAttributes({ envelope }: InspectedSignature, host: Host): Entries {
  const time = (at: Date, text: string | undefined): string => formatRfc3339Nano(at, zoneFor(envelope, at, text, host));
  return [
    ['contentType', envelope.contentType],
    ['signingScheme', envelope.signingScheme],
    ['signingTime', time(envelope.signingTime, envelope.signingTimeText)],
    ...(envelope.expiry === undefined ? [] : [['expiry', time(envelope.expiry, envelope.expiryText)] as const]),
    ...envelope.extendedAttributes.map((a) => [attributeText(a.key), attributeText(a.value)] as const),
  ];
}

function unsignedAttributes(inspected: InspectedSignature): Entries {
  const { signingAgent } = inspected.envelope;
  const timestamp = timestampOf(inspected);
  const shown =
    timestamp === undefined || 'error' in timestamp
      ? timestamp
      : {
          timestamp: `[${timestamp.lowerText}, ${timestamp.upperText}]`,
          certificates: timestamp.certificates.map(certificateJson),
        };
  return [...(signingAgent ? [['signingAgent', signingAgent] as const] : []), ...(shown ? [['timestampSignature', shown] as const] : [])];
}

const certificateJson = (c: Certificate): Record<string, string> => ({
  SHA256Fingerprint: c.thumbprint,
  issuedTo: goName(c.subject),
  issuedBy: goName(c.issuer),
  expiry: formatRfc3339Nano(c.notAfter),
});

/** The descriptor as signed; its annotations are the user defined attributes. */
function signedArtifact({ target }: InspectedSignature): Record<string, unknown> {
  const { mediaType, digest, size, urls, data, platform, artifactType } = target;
  return {
    mediaType,
    digest,
    size,
    ...(urls?.length ? { urls } : {}),
    ...(data?.length ? { data } : {}),
    ...(platform
      ? {
          platform: {
            architecture: platform.architecture,
            os: platform.os,
            'os.version': platform.osVersion || undefined,
            'os.features': platform.osFeatures?.length ? platform.osFeatures : undefined,
            variant: platform.variant || undefined,
          },
        }
      : {}),
    ...(artifactType ? { artifactType } : {}),
  };
}
