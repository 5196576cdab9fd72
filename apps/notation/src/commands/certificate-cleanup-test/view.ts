// SPDX-License-Identifier: Apache-2.0
/** What is about to happen, as a question. */
export const cleanupQuestion = (name: string, keyPath: string, certPath: string): string =>
  `The test key ${name} and its corresponding certificate will be cleaned up with the following changes:
- Delete certificate ${name}.crt from trust store ${name} of type ca
- Remove key ${name} from the key list
- Delete key file: ${keyPath}
- Delete certificate file: ${certPath}

Are you sure you want to continue?`;
