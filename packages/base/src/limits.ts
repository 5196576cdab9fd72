// SPDX-License-Identifier: Apache-2.0
/** Bounds of the decoders and key derivations in this package. Each is far above what real input needs. */

/** Nesting of DER elements. The deepest real structure, a CMS token with certificates in it, nests 17 levels. */
export const MAX_DER_DEPTH = 40;
/** Elements one reader and its children may visit. A CRL of 32 MiB holds about 2,000,000 (three for each entry of 36 bytes). */
export const MAX_DER_ELEMENTS = 4_000_000;
/** Content octets of an object identifier. The longest in use (a UUID arc, 2.25.…) has 20. */
export const MAX_OID_BYTES = 64;
/** Bytes of a BER token before conversion. A time-stamp response is refused above 1 MiB (Go client), tokens are part of it. */
export const MAX_BER_BYTES = 1024 * 1024;

/** PEM blocks in one input. The largest public root bundles hold about 150 certificates. */
export const MAX_PEM_BLOCKS = 1_000;
/** Header lines of one PEM block. Notary writes three (`role`, `gun`, `path`). */
export const MAX_PEM_HEADERS = 32;

/** Bytes of a private key file. An encrypted RSA-16384 key takes 13 KiB as PEM. */
export const MAX_PRIVATE_KEY_BYTES = 1024 * 1024;
/** Bytes of a PKCS#12 file: a key and a bundle of certificates. */
export const MAX_PKCS12_BYTES = 4 * 1024 * 1024;
/** PBKDF2 rounds accepted from a file: ten times the 1,000,000 that password managers use; about five seconds. */
export const MAX_PBKDF2_ITERATIONS = 10_000_000;
/** Rounds of the PKCS#12 and PBES1 derivations, which hash in a loop of our own. OpenSSL writes 2048, Windows 2000. */
export const MAX_PKCS12_ITERATIONS = 1_000_000;
/** Memory of scrypt, 128 * N * r bytes. OpenSSL writes N=16384, r=8 (16 MiB); RFC 7914 suggests up to N=2^20, r=8 (1 GiB). */
export const MAX_SCRYPT_MEMORY = 1024 * 1024 * 1024;
/** Work of scrypt, N * r * p: 2^20 * 8 with p = 1 is about four seconds. */
export const MAX_SCRYPT_WORK = 2 ** 24;
/** Salt bytes of a password-based derivation. Real ones have 8 to 32. */
export const MAX_SALT_BYTES = 1024;

/** Modulus of an RSA key in bits, for verifying. Verification time grows with the square; Go's TLS stops at 8192. */
export const MAX_RSA_BITS = 16_384;
/** RSA keys below this are refused by Go 1.24 and later; Notation and Notary v1 need 2048. */
export const MIN_RSA_BITS = 1_024;
/** Bytes of an RSA public exponent. Go refuses exponents above 2^31 - 1. */
export const MAX_RSA_EXPONENT_BYTES = 4;
