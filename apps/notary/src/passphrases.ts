// SPDX-License-Identifier: Apache-2.0
/** Passphrases: from the environment, a file or a helper, else asked for on a terminal with the reference's prompts. */
import { Secret, type Terminal } from '@notary/base';
import {
  environmentPassphrases,
  filePassphrases,
  helperPassphrases,
  noPassphrases,
  type PassphraseAnswer,
  type PassphraseRequest,
  type PassphraseRetriever,
  rememberPassphrases,
} from '@notary/collection';
import type { AppDeps } from './deps.ts';

/** The retriever of one command. */
export function createPassphrases(deps: AppDeps): PassphraseRetriever {
  const ask = deps.terminal.stdinIsTerminal ? rememberPassphrases(prompts(deps.terminal)) : noPassphrases;
  const helper = helperPassphrases(deps.environment, deps.processes, ask);
  return environmentPassphrases(deps.environment, filePassphrases(deps.environment, deps.files, helper));
}

const ROOT_WARNING = `You are about to create a new root signing key passphrase. This passphrase
will be used to protect the most sensitive key in your signing system. Please
choose a long, complex passphrase and be careful to keep the password and the
key file itself secure and backed up. It is highly recommended that you use a
password manager to generate the passphrase and keep it safe. There will be no
way to recover this key. You can find the key in your config directory.
`;
const MIN_LENGTH = 8;
const MAX_RETRIES = 3;

function prompts(terminal: Terminal): PassphraseRetriever {
  return async (request) => {
    const { role, purpose, attempt } = request;
    if (attempt === 0 && role === 'root' && purpose === 'new') terminal.out(ROOT_WARNING);
    if (attempt > 0 && purpose === 'open') {
      if (attempt > MAX_RETRIES) return 'none';
      terminal.out('Passphrase incorrect. Please retry.\n');
    }
    return purpose === 'new' ? askTwice(terminal, request) : askOnce(terminal, `Enter passphrase for ${role} key${withId(request)}: `);
  };
}

const withId = ({ keyId }: PassphraseRequest): string => (keyId.length > 7 ? ` with ID ${keyId.slice(0, 7)}` : '');

async function askOnce(terminal: Terminal, prompt: string): Promise<Secret<string> | 'none'> {
  // Echo is off before the question is seen.
  const reading = terminal.readSecret();
  terminal.out(prompt);
  const line = await reading;
  terminal.out('\n');
  return line === undefined ? 'none' : new Secret(line.trim());
}

async function askTwice(terminal: Terminal, request: PassphraseRequest): Promise<PassphraseAnswer> {
  const first = await askOnce(terminal, `Enter passphrase for new ${request.role} key${withId(request)}: `);
  if (first === 'none') return 'none';
  if (new TextEncoder().encode(first.reveal()).length < MIN_LENGTH) {
    terminal.out('Passphrase is too short. Please use a password manager to generate and store a good random passphrase.\n');
    return 'again';
  }
  const second = await askOnce(terminal, `Repeat passphrase for new ${request.role} key${withId(request)}: `);
  if (second === 'none') return 'none';
  if (first.reveal() === second.reveal()) return first;
  terminal.out('Passphrases do not match. Please retry.\n');
  return 'again';
}
