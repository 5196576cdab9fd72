// SPDX-License-Identifier: Apache-2.0
/**
 * `WWW-Authenticate` (RFC 9110 11.6.1): several challenges in several fields or in one, values quoted or bare.
 * The reader is lenient, as servers are sloppy: what it cannot read ends the list, it never throws.
 */
import { MAX_CHALLENGE_LENGTH, MAX_CHALLENGE_PARAMETERS, MAX_CHALLENGES } from './limits.ts';

/** One challenge of a `WWW-Authenticate` header (RFC 9110 11.6.1). */
export interface Challenge {
  /** Lower case: `basic`, `bearer`, others. */
  readonly scheme: string;
  /** Names in lower case; the first of several counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;

/** All challenges of an answer, in order. */
export function parseChallenges(fields: readonly string[]): Challenge[] {
  const challenges: Challenge[] = [];
  for (const field of fields) {
    const reader = new Reader(field.slice(0, MAX_CHALLENGE_LENGTH));
    while (challenges.length < MAX_CHALLENGES) {
      const challenge = readChallenge(reader);
      if (challenge === undefined) break;
      challenges.push(challenge);
    }
  }
  return challenges;
}

/** The challenge to answer: Bearer if there is one that names its realm, else Basic. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find((c) => c.scheme === 'bearer' && c.parameters.has('realm')) ?? challenges.find((c) => c.scheme === 'basic');
}

function readChallenge(reader: Reader): Challenge | undefined {
  reader.skip(/[ \t,]*/y);
  const scheme = reader.take(TOKEN);
  if (scheme === undefined) return undefined;
  const parameters = new Map<string, string>();
  if (reader.skip(/[ \t]+/y) && reader.take(TOKEN68) === undefined) readParameters(reader, parameters);
  return { scheme: scheme.toLowerCase(), parameters };
}

/** `name = value` separated by commas, until something that is no parameter: the next challenge. */
function readParameters(reader: Reader, parameters: Map<string, string>): void {
  for (;;) {
    const start = reader.at;
    reader.skip(/[ \t,]*/y);
    const name = reader.take(TOKEN);
    if (name === undefined || !reader.skip(/[ \t]*=[ \t]*/y)) {
      reader.at = start;
      return;
    }
    const value = reader.quoted() ?? reader.take(/[^\s,"]+/y);
    if (value === undefined) return;
    if (parameters.size < MAX_CHALLENGE_PARAMETERS && !parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
    if (!reader.skip(/[ \t]*,/y)) return;
  }
}

class Reader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match === null || match[0] === '') return undefined;
    this.at += match[0].length;
    return match[0];
  }

  /** Passes over a match; true if it was not empty. */
  skip(pattern: RegExp): boolean {
    return this.take(pattern) !== undefined;
  }

  /** A quoted string with its escapes undone; `undefined` if there is none or it has no end. */
  quoted(): string | undefined {
    if (this.#text.charAt(this.at) !== '"') return undefined;
    let value = '';
    for (let i = this.at + 1; i < this.#text.length; i++) {
      const c = this.#text.charAt(i);
      if (c === '"') {
        this.at = i + 1;
        return value;
      }
      value += c === '\\' ? this.#text.charAt(++i) : c;
    }
    this.at = this.#text.length;
    return undefined;
  }
}
