// SPDX-License-Identifier: Apache-2.0
export * from './contract.ts';
export type { Certificate, Extension, KeyUsageName, Name, NameAttribute } from './types.ts';
