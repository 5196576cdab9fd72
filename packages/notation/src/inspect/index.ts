// SPDX-License-Identifier: Apache-2.0
export {
  type InspectedSignature,
  type InspectedTimestamp,
  type InspectionStep,
  type InspectOptions,
  inspectEnvelope,
  inspectSignatures,
} from './inspect.ts';
