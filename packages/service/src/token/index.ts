// SPDX-License-Identifier: Apache-2.0
/** Bearer tokens of the Docker registry v2 scheme: check and issue. */
export type { Granting, TokenIssuerOptions, TokenSigner } from './issuer.ts';
export { createTokenIssuer, generateTokenSigner, importTokenSigner, parseScopes } from './issuer.ts';
export type { TokenKey } from './keys.ts';
export { jwkThumbprint, libtrustId, tokenKeyFromJwk, tokenKeyFromSpki, tokenKeysFromJwks } from './keys.ts';
export type { BearerAccessOptions, ChainCheck, TokenTrust } from './verifier.ts';
export { createBearerAccess, encodeScopes, VerifiedToken, verifyToken } from './verifier.ts';
