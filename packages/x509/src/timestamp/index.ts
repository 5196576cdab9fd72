// SPDX-License-Identifier: Apache-2.0
/** RFC 3161 time-stamp tokens: reading what they claim, and verifying it. */
export { cmsFaults, type SignedData, type SignerInfo } from '../cms.ts';
export { timestampFaults } from './faults.ts';
export { checkTimestampImprint, parseTimestampToken, type TimestampToken } from './token.ts';
export { type TimestampVerification, verifyTimestampToken } from './verify.ts';
