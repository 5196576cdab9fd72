// SPDX-License-Identifier: Apache-2.0
export { type InspectedSignature, type InspectedTimestamp, type InspectionStep, inspectEnvelope, inspectSignatures } from './inspect.ts';
