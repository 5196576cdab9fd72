#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the keys, PKCS#12 files and certificates of this folder with OpenSSL 3 (legacy provider included).
# Every passphrase is "correct horse". Run it in this folder; the results are committed, tests never run it.
set -eu
PW='correct horse'
export PW
rm -rf keys p12 certs && mkdir keys p12 certs

# One key of each kind, unencrypted, and what OpenSSL says its public half is.
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out keys/rsa.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out keys/ec.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-224 -out keys/ec-p224.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out keys/ec-p384.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out keys/ec-p521.pem
openssl genpkey -quiet -algorithm ED25519 -out keys/ed25519.pem
openssl genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out keys/unsupported-rsa-pss.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out keys/unsupported-secp256k1.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -out keys/unsupported-explicit.pem
openssl genpkey -quiet -algorithm X25519 -out keys/unsupported-x25519.pem
for kind in rsa ec ec-p224 ec-p384 ec-p521 ed25519; do openssl pkey -in keys/$kind.pem -pubout -out keys/$kind.pub; done

# The same keys in older containers.
openssl rsa -in keys/rsa.pem -traditional -out keys/rsa-pkcs1.pem 2>/dev/null
openssl ec -in keys/ec.pem -out keys/ec-sec1.pem 2>/dev/null
openssl ec -in keys/ec.pem -no_public -out keys/ec-no-public.pem 2>/dev/null
{ openssl ecparam -name prime256v1; cat keys/ec-sec1.pem; } > keys/ec-with-parameters.pem
openssl pkcs8 -topk8 -nocrypt -in keys/rsa.pem -outform DER -out keys/rsa-pkcs8.der
openssl rsa -in keys/rsa.pem -traditional -outform DER -out keys/rsa-pkcs1.der 2>/dev/null
openssl ec -in keys/ec.pem -outform DER -out keys/ec-sec1.der 2>/dev/null

# PBES2 with every pseudo-random function and cipher, scrypt, and the schemes before it.
for prf in hmacWithSHA1 hmacWithSHA224 hmacWithSHA256 hmacWithSHA384 hmacWithSHA512; do
  openssl pkcs8 -topk8 -in keys/ec.pem -v2 aes-256-cbc -v2prf $prf -passout env:PW -out keys/ec-pbes2-$prf.pem
done
for cipher in aes-128-cbc aes-192-cbc des3; do
  openssl pkcs8 -topk8 -in keys/rsa.pem -v2 $cipher -passout env:PW -out keys/rsa-pbes2-$cipher.pem
done
openssl pkcs8 -topk8 -in keys/ec.pem -scrypt -passout env:PW -out keys/ec-scrypt.pem
openssl pkcs8 -topk8 -in keys/ed25519.pem -v2 aes-256-cbc -passout env:PW -out keys/ed25519-pbes2.pem
openssl pkcs8 -topk8 -in keys/ec.pem -v2 aes-256-cbc -passout env:PW -outform DER -out keys/ec-pbes2.der
openssl pkcs8 -topk8 -in keys/ec.pem -v1 PBE-SHA1-3DES -passout env:PW -out keys/ec-pbe-3des.pem
openssl pkcs8 -topk8 -in keys/ec.pem -v1 PBE-SHA1-2DES -passout env:PW -out keys/ec-pbe-2des.pem
openssl pkcs8 -topk8 -in keys/ec.pem -v1 PBE-SHA1-RC2-128 -provider legacy -provider default -passout env:PW -out keys/ec-pbe-rc2-128.pem
openssl pkcs8 -topk8 -in keys/ec.pem -v1 PBE-SHA1-RC2-40 -provider legacy -provider default -passout env:PW -out keys/ec-pbe-rc2-40.pem
openssl pkcs8 -topk8 -in keys/ec.pem -v1 PBE-MD5-DES -provider legacy -provider default -passout env:PW -out keys/unsupported-pbe-md5-des.pem
openssl pkcs8 -topk8 -in keys/ec.pem -v2 camellia256 -passout env:PW -out keys/unsupported-camellia.pem
for cipher in aes128 aes192 aes256 des3; do
  openssl rsa -in keys/rsa.pem -traditional -$cipher -passout env:PW -out keys/rsa-dek-$cipher.pem 2>/dev/null
  openssl ec -in keys/ec.pem -$cipher -passout env:PW -out keys/ec-dek-$cipher.pem 2>/dev/null
done

# A chain, then PKCS#12 files around it.
cat > ca.cnf <<'CNF'
[req]
distinguished_name = dn
prompt = no
[dn]
C = US
O = Notary vectors
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
make_root() { # name key digest-options...
  name=$1 key=$2; shift 2
  openssl req -x509 -new -config ca.cnf -subj "/C=US/O=Notary vectors/CN=$name" -key "$key" -days 36500 -extensions root "$@" -out certs/$name.pem
}
make_leaf() { # name key issuer issuer-key digest-options...
  name=$1 key=$2 issuer=$3 issuerkey=$4; shift 4
  openssl req -new -config ca.cnf -subj "/C=US/O=Notary vectors/CN=$name" -key "$key" -out leaf.csr
  openssl x509 -req -in leaf.csr -CA certs/$issuer.pem -CAkey "$issuerkey" -days 36500 -extfile ca.cnf -extensions leaf "$@" -out certs/$name.pem 2>/dev/null
}
make_root root-rsa keys/rsa.pem -sha256
make_leaf leaf-of-rsa keys/ec.pem root-rsa keys/rsa.pem -sha384
make_root root-pss keys/rsa.pem -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
make_leaf leaf-of-pss keys/ec.pem root-pss keys/rsa.pem -sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
make_leaf leaf-odd-salt keys/ec.pem root-pss keys/rsa.pem -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20
make_leaf leaf-odd-mgf keys/ec.pem root-pss keys/rsa.pem -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sigopt rsa_mgf1_md:sha384
make_leaf leaf-sha1 keys/ec.pem root-rsa keys/rsa.pem -sha1
make_leaf leaf-md5 keys/ec.pem root-rsa keys/rsa.pem -md5
make_leaf leaf-sha224 keys/ec.pem root-rsa keys/rsa.pem -sha224
make_root root-p224 keys/ec-p224.pem -sha256
make_root root-p256 keys/ec.pem -sha256
make_root root-p384 keys/ec-p384.pem -sha384
make_root root-p521 keys/ec-p521.pem -sha512
make_root root-ec-sha1 keys/ec.pem -sha1
make_root root-ed25519 keys/ed25519.pem
make_leaf leaf-of-p384 keys/rsa.pem root-p384 keys/ec-p384.pem -sha384
make_leaf leaf-of-p521 keys/rsa.pem root-p521 keys/ec-p521.pem -sha512
make_leaf leaf-of-ed25519 keys/ec-p384.pem root-ed25519 keys/ed25519.pem
make_root key-rsa-pss keys/unsupported-rsa-pss.pem -sha256
openssl x509 -in certs/root-rsa.pem -outform DER -out certs/root-rsa.der

p12() { openssl pkcs12 -export -inkey keys/ec.pem -in certs/leaf-of-rsa.pem -certfile certs/root-rsa.pem -passout env:PW "$@"; }
p12 -out p12/modern.p12
p12 -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-3DES -macalg sha1 -provider legacy -provider default -out p12/legacy.p12
p12 -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1 -out p12/triple-des.p12
p12 -certpbe NONE -keypbe NONE -out p12/unencrypted.p12
p12 -nomac -out p12/no-mac.p12
p12 -macalg sha512 -out p12/mac-sha512.p12
p12 -passout pass: -out p12/empty.p12
python3 null-passphrase.py
openssl pkcs12 -export -nokeys -in certs/root-rsa.pem -passout env:PW -out p12/no-key.p12
rm -f ca.cnf leaf.csr
