// SPDX-License-Identifier: Apache-2.0
/** What `-version` says: the shape of the reference's line, with this project's facts. */
export const VERSION = '0.1.0';

export function versionLine(program: string): string {
  const runtime = process.versions['bun'] === undefined ? `Node ${process.versions.node}` : `Bun ${process.versions['bun']}`;
  return `${program} Version: ${VERSION}, Runtime: ${runtime}`;
}
