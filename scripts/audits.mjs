// SPDX-License-Identifier: Apache-2.0
/**
 * Holds the page of audits to the tests: every finding that can apply here has a test that carries its number, in the files that the page
 * names, and no test carries the number of a finding that the page does not list as applying.
 */

/** A row of the page: number, what is wrong, `yes` or why not, files of tests. */
const ROW = /^\| ([A-Z][A-Za-z0-9-]*-[A-Za-z0-9-]*) \| (.+) \| (.+) \| (.*) \|$/;

/** Numbers in the titles of tests, in brackets; those of divergences have a page of their own. */
const IN_TITLE = /\[((?:NCC|TUF|ADA|QB|KD|CVE|GHSA)-[A-Za-z0-9-]+)\]/g;

/** The rows of the page, in order. */
export function readFindings(page) {
  return page
    .split('\n')
    .map((line) => ROW.exec(line))
    .filter((match) => match !== null)
    .map(([, id, finding, here, tests]) => ({
      id,
      finding,
      here,
      applies: here === 'yes' || here.startsWith('yes:'),
      files: [...tests.matchAll(/`([^`]+)`/g)].map((m) => m[1]),
    }));
}

/** The numbers that the titles of a test file carry. */
export const numbersIn = (text) => new Set([...text.matchAll(IN_TITLE)].map((m) => m[1]));

/** Every offence, one line each. `tests` maps the path of a test file to its text. */
export function checkAudits(page, tests) {
  const findings = readFindings(page);
  if (findings.length === 0) return ['no finding was read'];
  const carried = new Map([...tests].map(([path, text]) => [path, numbersIn(text)]));
  const problems = [];
  const seen = new Set();
  for (const { id, here, applies, files } of findings) {
    if (seen.has(id)) problems.push(`${id}: listed twice`);
    seen.add(id);
    if (!applies && !/^no: .{10,}/.test(here)) problems.push(`${id}: neither "yes" nor "no:" with the reason`);
    if (!applies && files.length > 0) problems.push(`${id}: does not apply, and has tests`);
    if (applies && files.length === 0) problems.push(`${id}: no test is named`);
    for (const file of files) if (!carried.get(file)?.has(id)) problems.push(`${id}: no test of ${file} carries this number`);
  }
  const expected = new Map(findings.filter((f) => f.applies).map((f) => [f.id, f.files]));
  for (const [path, numbers] of carried) {
    for (const id of numbers) {
      if (!expected.has(id)) problems.push(`${path}: [${id}] is not on the page, or does not apply there`);
      else if (!expected.get(id).includes(path)) problems.push(`${id}: the page does not name ${path}`);
    }
  }
  return problems;
}
