// SPDX-License-Identifier: Apache-2.0
import { encodeGoJson, type GoJsonInput } from '@notary/base/json';
import { lines } from '../../present.ts';
import { renderTree, type TreeNode } from '../../tree.ts';

/** The tree of an artifact's signatures. */
export const inspectTreeText = (reference: string, signatures: readonly TreeNode[]): string =>
  signatures.length === 0
    ? lines(`${reference} has no associated signature`)
    : lines('Inspecting all signatures for signed artifact') +
      renderTree({ value: reference, children: [{ value: 'application/vnd.cncf.notary.signature', children: signatures }] });

/** `--output json`: the reference's document, byte for byte. */
export const inspectJsonText = (mediaType: string, signatures: readonly Readonly<Record<string, unknown>>[]): string =>
  `${encodeGoJson({ mediaType, signatures } as GoJsonInput, { indent: '  ' })}\n`;
