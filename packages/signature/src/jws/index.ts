// SPDX-License-Identifier: Apache-2.0
/** JWS envelopes on their own: nothing of CBOR is reachable from here. */
export { checkCriticalAttributes } from '../critical.ts';
export { envelopeFaults, jwsFaults } from '../faults.ts';
export { checkEnvelope, VerifiedEnvelope, verifyEnvelope } from '../verify.ts';
export { decodeJws, parseJws } from './read.ts';
export { writeJws } from './write.ts';
