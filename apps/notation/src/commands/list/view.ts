// SPDX-License-Identifier: Apache-2.0
import { lines } from '../../present.ts';
import { renderTree } from '../../tree.ts';

const TYPE = 'application/vnd.cncf.notary.signature';

/** The artifact with its signatures below it. */
export const listText = (reference: string, signatures: readonly string[]): string =>
  signatures.length === 0
    ? lines(`${reference} has no associated signatures`)
    : renderTree({ value: reference, children: [{ value: TYPE, children: signatures.map((value) => ({ value })) }] });
