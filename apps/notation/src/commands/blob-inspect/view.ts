// SPDX-License-Identifier: Apache-2.0
import { encodeGoJson, type GoJsonInput } from '@notary/base/json';

/** `--output json`: the reference's document, byte for byte. */
export const blobInspectJsonText = (signature: Readonly<Record<string, unknown>>): string =>
  `${encodeGoJson(signature as GoJsonInput, { indent: '  ' })}\n`;
