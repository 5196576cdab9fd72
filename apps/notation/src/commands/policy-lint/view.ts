// SPDX-License-Identifier: Apache-2.0
import { printable } from '@notary/cli';
import type { PolicyRemark } from '@notary/trust';
import { lines } from '../../present.ts';

/** A line per remark with its place and remedy, then the sum. */
export function lintText(path: string, remarks: readonly PolicyRemark[]): string {
  const count = (severity: PolicyRemark['severity']): string => {
    const n = remarks.filter((r) => r.severity === severity).length;
    return `${n} ${severity}${n === 1 ? '' : 's'}`;
  };
  const summary = remarks.length === 0 ? `${path}: nothing to remark` : `${path}: ${count('error')}, ${count('warning')}`;
  return remarks.map(remarkText).join('') + lines(summary);
}

function remarkText(r: PolicyRemark): string {
  const head = printable(`${r.severity}: ${r.path === '' ? '' : `${r.path}: `}${r.message} [${r.code}]`);
  return r.remedy ? lines(head, `  hint: ${r.remedy}`) : lines(head);
}
