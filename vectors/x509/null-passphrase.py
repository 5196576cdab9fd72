# SPDX-License-Identifier: Apache-2.0
"""PKCS#12 files whose passphrase is no passphrase at all, which the command line of OpenSSL cannot say: its library, given a null pointer."""
import ctypes

crypto = ctypes.CDLL('libcrypto.so.3')
for name in ('BIO_new_file', 'PEM_read_bio_X509', 'PEM_read_bio_PrivateKey', 'PKCS12_create'):
    getattr(crypto, name).restype = ctypes.c_void_p
P = ctypes.c_void_p
crypto.PKCS12_create.argtypes = [P, P, P, P, P] + [ctypes.c_int] * 5


def read(reader, path):
    bio = crypto.BIO_new_file(path.encode(), b'r')
    return getattr(crypto, reader)(P(bio), None, None, None)


NID_3DES, NID_AES256 = 146, 427  # pbe-WithSHA1And3-KeyTripleDES-CBC, aes-256-cbc
for name, nid in (('null-triple-des', NID_3DES), ('null-modern', NID_AES256)):
    made = crypto.PKCS12_create(
        None, None, read('PEM_read_bio_PrivateKey', 'keys/ec.pem'), read('PEM_read_bio_X509', 'certs/leaf-of-rsa.pem'), None, nid, nid, 2048, 2048, 0)
    out = crypto.BIO_new_file(f'p12/{name}.p12'.encode(), b'w')
    assert crypto.i2d_PKCS12_bio(P(out), P(made)) == 1
    crypto.BIO_free_all(P(out))
