// SPDX-License-Identifier: Apache-2.0
/** Entries of docs/explanation/divergences.md about the command line; the title carries the number. */
import { describe, expect, it } from 'vitest';
import { blobInspectFlags } from '../src/commands/blob-inspect/spec.ts';
import { inspectFlags } from '../src/commands/inspect/spec.ts';

describe('differences between the specification, the Go tools and us', () => {
  it('[D-15] blob inspect has no -d, inspect has', () => {
    expect(Object.keys(blobInspectFlags)).not.toContain('debug');
    expect(Object.keys(inspectFlags)).toContain('debug');
  });
});
