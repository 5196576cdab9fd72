// SPDX-License-Identifier: Apache-2.0
export interface VersionResult {
  readonly version: string;
  readonly compatibleWith: string;
  readonly runtime: string;
  readonly os: string;
  readonly arch: string;
}

/** The reference's layout; the runtime stands where it names the Go release. */
export const versionText = (r: VersionResult): string => `Notation - a tool to sign and verify artifacts.

Version:     ${r.version} (Notary in TypeScript, compatible with notation ${r.compatibleWith})
Runtime:     ${r.runtime}
OS/Arch:     ${r.os}/${r.arch}
`;
