// SPDX-License-Identifier: Apache-2.0
/** A credential helper as a shell script: it keeps what it is told in files, and logs what it was asked and with which arguments. */
import type { Machine } from './machine.ts';

export interface Helper {
  /** To be put in front of PATH. */
  readonly path: string;
  /** `store URL`, `get URL` and so on, a line each. */
  readonly log: string;
}

/** `docker-credential-NAME` in `~/helpers`. It needs `jq` for nothing: what it is given is stored as it came. */
export function putHelper(machine: Machine, name: string): Helper {
  const folder = `${machine.home}/helpers`;
  const script = `#!/bin/sh
set -eu
folder='${folder}/kept'
mkdir -p "$folder"
input=$(cat)
echo "$# $1" >> '${folder}/log'
case "$1" in
  store) printf '%s' "$input" > "$folder/$(printf '%s' "$input" | sed -n 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/p' | tr -c 'A-Za-z0-9.' _)" ;;
  get) file="$folder/$(printf '%s' "$input" | tr -c 'A-Za-z0-9.' _)"
    if [ -f "$file" ]; then cat "$file"; else echo 'credentials not found in native keychain'; exit 1; fi ;;
  erase) rm -f "$folder/$(printf '%s' "$input" | tr -c 'A-Za-z0-9.' _)" ;;
  *) exit 2 ;;
esac
`;
  machine.put(`helpers/docker-credential-${name}`, script, 0o700);
  return { path: folder, log: `${folder}/log` };
}
