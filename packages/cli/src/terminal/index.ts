// SPDX-License-Identifier: Apache-2.0
/** Conversation with people and scripts over the Terminal port. */
export { remedyText } from '../failure.ts';
export { envelope, failureEnvelope, type JsonEnvelope, writeJson } from './json.ts';
export { createProgress, type Progress } from './progress.ts';
export { askSecret, confirm, type Secrets } from './prompt.ts';
export { createStyle, type Style } from './style.ts';
