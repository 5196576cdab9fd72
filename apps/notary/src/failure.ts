// SPDX-License-Identifier: Apache-2.0
/**
 * How a failure is told: reasons and remedies on standard error, then the reference's own last lines on standard output, an
 * empty one and `* fatal: <message>`. With `--json` the whole fault, on standard output, instead.
 */
import { Fault, toFault } from '@notary/base';
import type { Command, Failure } from '@notary/cli';
import { printable } from '@notary/cli';
import { asJson } from './arguments.ts';
import type { AppDeps } from './deps.ts';
import { printFailure } from './json.ts';

export async function reportFailure(rootCommand: Command<AppDeps>, failure: Failure, deps: AppDeps): Promise<number> {
  const fault = toFault(failure.error);
  if (wantsJson(failure)) {
    printFailure(deps.terminal, failure);
    return 1;
  }
  if (fault.code === 'NOTARY_USAGE') {
    const { usageText } = await import('@notary/cli/help');
    deps.terminal.out(usageText(chainOf(rootCommand, failure.path)));
  }
  for (const line of reasons(fault)) deps.terminal.err(`${printable(line)}\n`);
  // The reference ends an aborted removal on the spot, without its empty line.
  const gap = fault.code === 'NOTARY_ABORTED' ? '' : '\n';
  deps.terminal.out(`${gap}* fatal: ${printable(fault.message, 'lines')}\n`);
  return 1;
}

const wantsJson = ({ invocation, argv, command }: Failure): boolean =>
  invocation === undefined ? command.flags?.json !== undefined && argv.includes('--json') : asJson(invocation);

/** What the message does not say: the causes behind it, other candidates, and what to do. */
function reasons(fault: Fault): string[] {
  const lines: string[] = [];
  const said = new Set([fault.message]);
  const say = (prefix: string, text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    lines.push(`${prefix}: ${text}`);
  };
  for (let cause = fault.cause; cause instanceof Fault; cause = cause.cause) say('reason', cause.message);
  for (const attempt of fault.attempts) say('reason', attempt.message);
  const remedy = [fault, ...fault.attempts].map((f) => f.remedy).find((r) => r !== undefined);
  if (remedy !== undefined) {
    say('hint', remedy.text.replace('a CA file option', '--tlscacert FILE'));
    if (remedy.command !== undefined) say('hint', remedy.command.join(' '));
  }
  return lines;
}

function chainOf(rootCommand: Command<AppDeps>, path: string): Command<AppDeps>[] {
  const chain: Command<AppDeps>[] = [rootCommand];
  for (const name of path.split(' ').slice(1)) {
    const next = chain.at(-1)?.commands?.find((c) => c.name === name);
    if (next === undefined) break;
    chain.push(next);
  }
  return chain;
}
