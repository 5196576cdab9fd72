// SPDX-License-Identifier: Apache-2.0
/** The wire form of the signer's messages, for tests and tools. */
export * as messages from './messages.ts';
export { protobufFaults } from './protobuf.ts';
