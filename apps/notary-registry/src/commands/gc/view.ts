// SPDX-License-Identifier: Apache-2.0
import type { CollectReport } from '@notary/registry';

/** Bytes for people: powers of 1024, one decimal. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

export function gcText(report: CollectReport, dryRun: boolean): string {
  const verb = dryRun ? 'would remove' : 'removed';
  return `${verb} ${report.blobsRemoved} blobs (${sizeText(report.bytesRemoved)}) and ${report.manifestsRemoved} manifests; kept ${report.blobsKept} blobs in ${report.repositories} repositories\n`;
}
