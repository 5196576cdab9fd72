// SPDX-License-Identifier: Apache-2.0
export { createSignerClient, type SignerClient, type SignerClientOptions, signerClientFaults } from './client.ts';
