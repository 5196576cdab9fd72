// SPDX-License-Identifier: Apache-2.0
/** COSE envelopes on their own. */
export { checkCriticalAttributes } from '../critical.ts';
export { coseFaults, envelopeFaults } from '../faults.ts';
export { checkEnvelope, VerifiedEnvelope, verifyEnvelope } from '../verify.ts';
export { decodeCose, parseCose } from './read.ts';
export { writeCose } from './write.ts';
