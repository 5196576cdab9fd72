// SPDX-License-Identifier: Apache-2.0
export const existingCredentialWarning =
  'Warning: The credentials store is not set up. It is recommended to configure the credentials store to securely store your credentials. See https://notaryproject.dev/docs/how-to/registry-authentication/.';
