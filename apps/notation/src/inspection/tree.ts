// SPDX-License-Identifier: Apache-2.0
/** One signature as a tree, in the reference's order and words. */

import { printable } from '@notary/cli';
import { formatAnsiC } from '@notary/cli/format';
import type { InspectedSignature } from '@notary/notation/inspect';
import { attributeText } from '@notary/signature';
import { type Certificate, goName } from '@notary/x509';
import type { Host } from '../deps.ts';
import type { TreeNode } from '../tree.ts';
import { algorithmName, zoneFor } from './attributes.ts';
import { timestampOf } from './timestamp.ts';

const pair = (key: string, value: string, children?: readonly TreeNode[]): TreeNode => ({
  value: printable(`${key}: ${value}`),
  ...(children ? { children } : {}),
});

/** `name` is the digest of the signature manifest, or the path of a detached signature. */
export function signatureNode(name: string, mediaType: string, inspected: InspectedSignature, host: Host): TreeNode {
  const { envelope, target } = inspected;
  return {
    value: name,
    children: [
      pair('signature algorithm', algorithmName(envelope.algorithm)),
      pair('signature envelope type', mediaType),
      { value: 'signed attributes', children: signedAttributes(inspected, host) },
      { value: 'user defined attributes', children: userAttributes(target.annotations) },
      { value: 'unsigned attributes', children: unsignedAttributes(inspected) },
      certificatesNode(envelope.certificates),
      {
        value: 'signed artifact',
        children: [pair('media type', target.mediaType), pair('digest', target.digest), pair('size', String(target.size))],
      },
    ],
  };
}

function signedAttributes({ envelope }: InspectedSignature, host: Host): TreeNode[] {
  const time = (at: Date, text: string | undefined): string => formatAnsiC(at, zoneFor(envelope, at, text, host));
  return [
    pair('content type', envelope.contentType),
    pair('signing scheme', envelope.signingScheme),
    pair('signing time', time(envelope.signingTime, envelope.signingTimeText)),
    ...(envelope.expiry === undefined ? [] : [pair('expiry', time(envelope.expiry, envelope.expiryText))]),
    ...envelope.extendedAttributes.map((a) => pair(attributeText(a.key), attributeText(a.value))),
  ];
}

function userAttributes(annotations: ReadonlyMap<string, string>): TreeNode[] {
  if (annotations.size === 0) return [{ value: '(empty)' }];
  return [...annotations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => pair(key, value));
}

function unsignedAttributes(inspected: InspectedSignature): TreeNode[] {
  const { signingAgent } = inspected.envelope;
  const timestamp = timestampOf(inspected);
  return [
    ...(signingAgent ? [pair('signing agent', signingAgent)] : []),
    ...(timestamp === undefined
      ? []
      : [
          {
            value: 'timestamp signature',
            children:
              'error' in timestamp
                ? [pair('error', timestamp.error)]
                : [
                    pair('timestamp', `[${formatAnsiC(timestamp.lower)}, ${formatAnsiC(timestamp.upper)}]`),
                    certificatesNode(timestamp.certificates),
                  ],
          },
        ]),
  ];
}

const certificatesNode = (certificates: readonly Certificate[]): TreeNode => ({
  value: 'certificates',
  children: certificates.map((c) =>
    pair('SHA256 fingerprint', c.thumbprint, [
      pair('issued to', goName(c.subject)),
      pair('issued by', goName(c.issuer)),
      pair('expiry', formatAnsiC(c.notAfter)),
    ]),
  ),
});
