// SPDX-License-Identifier: Apache-2.0
/** Remedies that libraries cannot give because the command is ours. */
import { Fault, type Remedy } from '@notary/base';

/** Codes of a registry that wants to know who is asking. Their facts name the address that was asked. */
const LOG_IN = new Set(['OCI_UNAUTHORIZED', 'AUTH_CREDENTIAL_NOT_FOUND', 'AUTH_CREDENTIAL_INCOMPLETE', 'AUTH_TOKEN_REFUSED']);

/** The same failure, with the command or flag that mends it where this program has one and the fault names none. */
export function withCommand<E>(error: E): E | Fault {
  if (!(error instanceof Fault) || error.remedy === undefined || error.remedy.command !== undefined) return error;
  const remedy = ownRemedy(error, error.remedy);
  if (remedy === error.remedy) return error;
  const { code, category, message, facts, attempts, rank, cause } = error;
  return new Fault({ code, category, message, facts, attempts, rank, cause, remedy });
}

function ownRemedy({ code, facts: { url } }: Fault, remedy: Remedy): Remedy {
  if (LOG_IN.has(code) && typeof url === 'string' && URL.canParse(url))
    return { text: remedy.text, command: ['notation', 'login', new URL(url).host] };
  const text = remedy.text.replace('a CA file option', '--ca-file FILE');
  return code === 'HTTP_TLS_FAILED' && text !== remedy.text ? { text } : remedy;
}
