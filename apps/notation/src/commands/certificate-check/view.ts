// SPDX-License-Identifier: Apache-2.0
import { printable } from '@notary/cli';
import { formatRfc3339 } from '@notary/cli/format';
import { type Certificate, goName, type ProfileFinding } from '@notary/x509';
import { lines } from '../../present.ts';

/** The chain, then a line per rule, then the sum. */
export function checkText(chain: readonly Certificate[], findings: readonly ProfileFinding[]): string {
  const failed = findings.filter((f) => f.result === 'fail').length;
  const summary =
    failed === 0 ? 'All rules passed: this chain can sign.' : `${failed} of ${findings.length} rules failed: this chain cannot sign.`;
  return (
    lines(
      ...chain.map(
        (c, i) => `#${i + 1} ${printable(goName(c.subject))} (valid ${formatRfc3339(c.notBefore)} to ${formatRfc3339(c.notAfter)})`,
      ),
      '',
    ) +
    findings.map(findingText).join('') +
    lines('', summary)
  );
}

function findingText(f: ProfileFinding): string {
  const where = f.certificate === undefined ? '' : ` #${f.certificate + 1}`;
  const head = `${f.result}${where}  ${printable(f.message)}  [${f.clause}]`;
  return f.result === 'fail' && f.remedy ? lines(head, `      ${f.remedy}`) : lines(head);
}
