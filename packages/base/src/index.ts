// SPDX-License-Identifier: Apache-2.0
export * from './bytes.ts';
export * from './digest.ts';
export * from './faults.ts';
export * from './port-faults.ts';
export * from './ports.ts';
export * from './printable-url.ts';
