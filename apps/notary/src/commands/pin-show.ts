// SPDX-License-Identifier: Apache-2.0
/** `notary pin show`. */
import type { Invocation } from '@notary/cli';
import { parseGun, pinsIgnoredByGo } from '@notary/collection';
import { choosePin } from '@notary/tuf';
import { asJson } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { openWorkplace } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gunText] = invocation.args;
  const { config } = await openWorkplace(invocation, deps);
  const { certs, ca, disableTofu } = config.pins;
  const chosen =
    gunText === undefined
      ? undefined
      : choosePin({ certs, ca: new Map([...ca.keys()].map((k) => [k, []])), disableTofu }, parseGun(gunText));
  const capitals = pinsIgnoredByGo(config.pins);
  if (asJson(invocation)) {
    const pins = { certs: Object.fromEntries(certs), ca: Object.fromEntries(ca), disableTofu, ignoredByGoClient: capitals };
    return printResult(deps.terminal, invocation, {
      config: config.path,
      ...pins,
      ...(chosen ? { gun: gunText, applies: chosen.kind } : {}),
    });
  }
  const { terminal } = deps;
  terminal.out(`Configuration: ${config.path}\n`);
  for (const [pattern, ids] of certs) terminal.out(`${pattern}: root certificate ${ids.join(', ')}\n`);
  for (const [prefix, path] of ca) terminal.out(`${prefix}: root certificate issued by ${path}\n`);
  terminal.out(`Trust on first use: ${disableTofu ? 'off' : 'on'}\n`);
  if (chosen !== undefined) terminal.out(`For ${gunText}: ${WORDS[chosen.kind]}\n`);
  for (const name of capitals) terminal.err(`Notice: the Go client ignores the pin of ${name}, because it has capital letters\n`);
}

const WORDS = {
  certs: 'only the pinned root certificates are trusted',
  ca: 'only root certificates of the pinned authority are trusted',
  tofu: 'the first root that is seen is trusted',
  refused: 'refused until it is pinned',
} as const;
