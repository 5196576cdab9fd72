// SPDX-License-Identifier: Apache-2.0
/** Verification levels: which check is enforced, logged or skipped (trust policy specification, "Signature Verification details"). */
import { goQuote } from '@notary/base/json';

/** The five checks of a signature, in the order in which they are decided. */
export const checkNames = ['integrity', 'authenticity', 'authenticTimestamp', 'expiry', 'revocation'] as const;
/** The five checks of a verification (trust policy specification, "Signature Verification Details"). */
export type CheckName = (typeof checkNames)[number];

/** What a failed check does: refuse, be reported, or not be looked at. */
export const checkActions = ['enforce', 'log', 'skip'] as const;
/** What a check that does not pass leads to. */
export type CheckAction = (typeof checkActions)[number];

/** The named levels; `custom` is one of them with overrides. */
export type LevelName = 'strict' | 'permissive' | 'audit' | 'skip' | 'custom';

/** What each check leads to. */
export interface VerificationLevel {
  readonly name: LevelName;
  readonly actions: Readonly<Record<CheckName, CheckAction>>;
}

/** Frozen, because every policy of the same level shares it. */
const level = (name: LevelName, ...actions: [CheckAction, CheckAction, CheckAction, CheckAction, CheckAction]): VerificationLevel => {
  const [integrity, authenticity, authenticTimestamp, expiry, revocation] = actions;
  return Object.freeze({ name, actions: Object.freeze({ integrity, authenticity, authenticTimestamp, expiry, revocation }) });
};

const presets: ReadonlyMap<string, VerificationLevel> = new Map([
  ['strict', level('strict', 'enforce', 'enforce', 'enforce', 'enforce', 'enforce')],
  ['permissive', level('permissive', 'enforce', 'enforce', 'log', 'log', 'log')],
  ['audit', level('audit', 'enforce', 'log', 'log', 'log', 'log')],
  ['skip', level('skip', 'skip', 'skip', 'skip', 'skip', 'skip')],
]);

const list = (values: readonly string[]): string => `[${values.map(goQuote).join(' ')}]`;

/**
 * The level a statement asks for. Returns the reason as text where it is invalid, because the caller knows which statement it
 * belongs to. `override` keeps the order of the document: the first bad entry is reported.
 */
export function resolveLevel(name: string, override: ReadonlyMap<string, string>): VerificationLevel | { readonly invalid: string } {
  if (name === '') return { invalid: 'signature verification level is empty or missing in the trust policy statement' };
  const base = presets.get(name);
  if (base === undefined) return { invalid: `invalid signature verification level ${goQuote(name)}` };
  if (override.size === 0) return base;
  if (base.name === 'skip')
    return { invalid: `signature verification level ${goQuote(name)} can't be used to customize signature verification` };
  const actions: Record<CheckName, CheckAction> = { ...base.actions };
  for (const [check, action] of override) {
    const invalid = overrideProblem(check, action);
    if (invalid !== undefined) return { invalid };
    actions[check as CheckName] = action as CheckAction;
  }
  return { name: 'custom', actions };
}

function overrideProblem(check: string, action: string): string | undefined {
  if (!(checkNames as readonly string[]).includes(check))
    return `verification type ${goQuote(check)} in custom signature verification is not supported, supported values are ${list(checkNames)}`;
  if (!(checkActions as readonly string[]).includes(action))
    return `verification action ${goQuote(action)} in custom signature verification is not supported, supported values are ${list(checkActions)}`;
  if (check === 'integrity') return `${goQuote(check)} verification can not be overridden in custom signature verification`;
  if (check !== 'revocation' && action === 'skip')
    return `${goQuote(check)} verification can not be skipped in custom signature verification`;
  return undefined;
}
