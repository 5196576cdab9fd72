// SPDX-License-Identifier: Apache-2.0
export { type CommandPage, commandPages } from './markdown.ts';
