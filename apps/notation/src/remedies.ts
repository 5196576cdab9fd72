// SPDX-License-Identifier: Apache-2.0
/** Remedies that libraries cannot give because the command is ours. */
import { Fault } from '@notary/base';

/** Codes of a registry that wants to know who is asking. Their facts name the address that was asked. */
const LOG_IN = new Set(['OCI_UNAUTHORIZED', 'AUTH_CREDENTIAL_NOT_FOUND', 'AUTH_CREDENTIAL_INCOMPLETE', 'AUTH_TOKEN_REFUSED']);

/** The same failure, with the command that mends it where this program has one and the fault names none. */
export function withCommand<E>(error: E): E | Fault {
  if (!(error instanceof Fault) || error.remedy === undefined || error.remedy.command !== undefined) return error;
  if (!LOG_IN.has(error.code)) return error;
  const { url } = error.facts;
  if (typeof url !== 'string' || !URL.canParse(url)) return error;
  const { code, category, message, facts, remedy, attempts, rank, cause } = error;
  const command = ['notation', 'login', new URL(url).host];
  return new Fault({ code, category, message, facts, attempts, rank, cause, remedy: { text: remedy.text, command } });
}
