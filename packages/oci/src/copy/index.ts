// SPDX-License-Identifier: Apache-2.0
export { type CopyOptions, type CopyResult, copyGraph } from './copy-graph.ts';
