#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signs one blob with the Go notation: six kinds of keys, two formats, user metadata that needs escaping, an expiry, a zone.
# usage: NOTATION_GO=/path/to/notation sh generate.sh      (needs openssl; keys are not kept)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work" XDG_CONFIG_HOME="$work" TZ=America/St_Johns
mkdir -p notation
subject=/C=US/ST=WA/L=Seattle/O=Notary/CN
openssl ecparam -name prime256v1 -genkey -noout -out root.key
openssl req -x509 -new -key root.key -subj "$subject=vectors root" -days 36500 -out root.crt \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n' > leaf.ext
keys=
for spec in rsa2048 rsa3072 rsa4096 p256 p384 p521; do
  case $spec in
    rsa*) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:"${spec#rsa}" -out $spec.key 2>/dev/null ;;
    p*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-"${spec#p}" -out $spec.key ;;
  esac
  openssl req -new -key $spec.key -subj "$subject=$spec" -out $spec.csr
  openssl x509 -req -in $spec.csr -CA root.crt -CAkey root.key -CAcreateserial -days 36500 -extfile leaf.ext -out $spec.leaf 2>/dev/null
  cat $spec.leaf root.crt > $spec.crt
  keys="$keys${keys:+,}{\"name\":\"$spec\",\"keyPath\":\"$work/$spec.key\",\"certPath\":\"$work/$spec.crt\"}"
done
printf '{"default":null,"keys":[%s]}' "$keys" > notation/signingkeys.json
printf 'a blob\n' > blob
for spec in rsa2048 rsa3072 rsa4096 p256 p384 p521; do
  for format in jws cose; do
    "$NOTATION_GO" blob sign --force --key $spec --signature-format $format --media-type text/plain -e 87600h \
      -m 'build=42' -m 'io.example/who=a<b>&"c" é😀' blob > /dev/null 2>&1
    cp blob.$format.sig "$here/$spec.$format.sig"
    TZ=UTC "$NOTATION_GO" blob inspect --output json blob.$format.sig > "$here/$spec.$format.json"
  done
done
