// SPDX-License-Identifier: Apache-2.0
import { inspectEnvelope } from '@notary/notation/inspect';
import { during, faults } from '../../faults.ts';
import { signatureJson } from '../../inspection/json.ts';
import { signatureNode } from '../../inspection/tree.ts';
import { limits } from '../../limits.ts';
import { command } from '../../present.ts';
import { signatureMediaType } from '../../signature-file.ts';
import { readExisting } from '../../store/files.ts';
import { renderTree } from '../../tree.ts';
import type { blobInspectFlags } from './spec.ts';
import { blobInspectJsonText } from './view.ts';

/** What a detached signature says, trusted or not. */
export const { run } = command<typeof blobInspectFlags>(async ({ args, options }, deps, report) => {
  const path = args[0] as string;
  if (options.output !== 'tree' && options.output !== 'json') throw faults.OUTPUT_UNRECOGNIZED({ format: options.output });
  const mediaType = signatureMediaType(deps, path);
  const bytes = await during('failed to read signature file: ', () => readExisting(deps.files, path, limits.signatureBytes));
  const inspected = await during('failed to parse signature: ', () => inspectEnvelope(bytes, mediaType));
  const json = signatureJson(undefined, mediaType, inspected, deps.host);
  report.text(options.output === 'json' ? blobInspectJsonText(json) : renderTree(signatureNode(path, mediaType, inspected, deps.host)));
  return { path, signature: json };
});
