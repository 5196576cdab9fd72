// SPDX-License-Identifier: Apache-2.0
/** Faults of the ports in `ports.ts`: every adapter, real or fake, throws these and no others. */
import { defineFaults } from './faults.ts';

/** Where a request went: the facts that every network fault has in common. `detail` is the runtime's cause in Go's words. */
export interface HttpFacts {
  readonly method: string;
  readonly url: string;
  readonly detail: string;
}

const goText = (f: HttpFacts): string => `${f.method.charAt(0)}${f.method.slice(1).toLowerCase()} "${f.url}": ${f.detail}`;

/** What mends a handshake depends on what the certificate lacks: an authority helps neither against its end nor against another name. */
function tlsRemedy(detail: string): string {
  if (detail.includes('it has expired'))
    return 'the operator of the server must renew its certificate; or the clock of this machine is wrong';
  if (detail.includes('not yet valid')) return 'check the clock of this machine';
  if (/certificate is (?:not )?valid for /.test(detail)) return 'ask for the server by a name that its certificate has';
  return "add the certificate authority of the server to the system's store, or name it with SSL_CERT_FILE or a CA file option";
}

/** Messages read as Go's `net/http` errors do: `Get "URL": dial tcp 127.0.0.1:1: connect: connection refused`. */
export const httpFaults = defineFaults('HTTP', {
  UNREACHABLE: {
    category: 'unavailable',
    say: (f: HttpFacts & { errno: string }) => goText(f),
    meaning: 'The server could not be reached: its name did not resolve, nothing listens there, or the connection broke.',
    remedy: 'check the host name, the port, the network and the proxy settings (HTTPS_PROXY, NO_PROXY)',
  },
  TLS_FAILED: {
    category: 'untrusted',
    say: (f: HttpFacts & { errno: string }) => goText(f),
    meaning: 'The TLS handshake failed: the certificate of the server is not trusted here, names another host or has expired.',
    remedy: ({ detail }: HttpFacts) => ({ text: tlsRemedy(detail) }),
  },
  TIMEOUT: {
    category: 'unavailable',
    say: (f: HttpFacts & { timeoutMs: number }) => goText(f),
    meaning: 'The server accepted the connection and then sent nothing for too long.',
  },
  BODY_TOO_LARGE: {
    category: 'limit',
    say: (f: { method: string; url: string; maxBytes: number }) => `the answer of ${f.url} is larger than the allowed ${f.maxBytes} bytes`,
    meaning: 'A body outgrew the bound that its reader set. It is refused while it arrives, not after.',
  },
  ABORTED: { category: 'unavailable', say: (f: HttpFacts) => goText(f), meaning: 'The caller gave up on the request.' },
  REQUEST_INVALID: {
    category: 'usage',
    say: (f: { method: string; url: string; reason: string }) =>
      `cannot send ${f.method} ${JSON.stringify(f.url.slice(0, 500))}: ${f.reason}`,
    meaning: 'The request cannot be written as HTTP: its URL, a header or its length is not valid.',
  },
});

/** The facts of faults about files. */
export interface FileFacts {
  readonly path: string;
  /** The operation in Go's words: `open`, `stat`, `mkdir`, `rename`, `remove`, `write`. */
  readonly operation: string;
  /** The reason in Go's words, for example `permission denied`. */
  readonly reason: string;
}

const fileText = (f: FileFacts): string => `${f.operation} ${f.path}: ${f.reason}`;

/** Messages read as Go's `*PathError` does: `open /x/y: permission denied`. */
export const filesFaults = defineFaults('FILES', {
  NOT_FOUND: { category: 'usage', say: fileText, meaning: 'A file or directory that the operation needs does not exist.' },
  DENIED: {
    category: 'unavailable',
    say: fileText,
    meaning: 'The operating system refused access.',
    remedy: (f: FileFacts) => ({ text: `check the owner and the permissions of ${f.path}` }),
  },
  EXISTS: { category: 'conflict', say: fileText, meaning: 'The target exists and the caller asked for a new one.' },
  NOT_DIRECTORY: { category: 'usage', say: fileText, meaning: 'A part of the path, or the path, is not a directory.' },
  IS_DIRECTORY: { category: 'usage', say: fileText, meaning: 'A directory is where a file was expected.' },
  NOT_EMPTY: { category: 'conflict', say: fileText, meaning: 'A directory was to be removed that still holds entries.' },
  NO_SPACE: { category: 'unavailable', say: fileText, meaning: 'The disk or the quota is full. The old file is untouched.' },
  FAILED: { category: 'unavailable', say: fileText, meaning: 'The operating system could not do it; the reason is in the message.' },
  TOO_LARGE: {
    category: 'limit',
    say: (f: { path: string; maxBytes: number }) => `${f.path} is larger than the allowed ${f.maxBytes} bytes`,
    meaning: 'A file outgrew the bound that its reader set.',
  },
  LOCKED: {
    category: 'conflict',
    say: (f: { path: string; waitedMs: number; holder?: string }) =>
      `${f.path} is locked by another process${f.holder === undefined ? '' : ` (${f.holder})`}; waited ${f.waitedMs} ms`,
    meaning: 'Another process that is alive holds the lock.',
    remedy: 'wait for the other process to finish, then try again',
  },
});

/** Faults of {@link Processes}. `PROCESS_ABORTED` follows the caller's signal. */
export const processFaults = defineFaults('PROCESS', {
  NOT_FOUND: { category: 'unavailable', say: (f: { file: string }) => `executable ${f.file} not found` },
  NOT_EXECUTABLE: {
    category: 'unavailable',
    say: (f: { file: string; reason: string }) => `cannot run ${f.file}: ${f.reason}`,
    meaning: 'The file exists but cannot be run: no execute permission, or not a program of this system. It is never handed to a shell.',
    remedy: 'install the build of that program for this operating system and processor, with the execute permission set',
  },
  OUTPUT_TOO_LARGE: {
    category: 'limit',
    say: (f: { file: string; stream: 'stdout' | 'stderr'; maxBytes: number }) =>
      `${f.file} wrote more than ${f.maxBytes} bytes to ${f.stream}`,
  },
  TIMEOUT: {
    category: 'unavailable',
    say: (f: { file: string; timeoutMs: number }) => `${f.file} did not finish within ${f.timeoutMs} ms`,
  },
  ABORTED: { category: 'unavailable', say: (f: { file: string }) => `${f.file} was stopped before it finished` },
});

/** Faults of {@link Listener}. */
export const listenFaults = defineFaults('LISTEN', {
  ADDRESS_IN_USE: {
    category: 'conflict',
    say: (f: { host: string; port: number }) => `listen tcp ${f.host}:${f.port}: bind: address already in use`,
    remedy: 'stop the other server, or choose another port',
  },
  FAILED: {
    category: 'unavailable',
    say: (f: { host: string; port: number; reason: string }) => `listen tcp ${f.host}:${f.port}: ${f.reason}`,
    remedy: ({ reason }: { reason: string }) => {
      if (reason.includes('cannot assign requested address'))
        return { text: 'choose an address of this machine, or 0.0.0.0 for all of them' };
      if (reason.includes('permission denied')) return { text: 'choose a port above 1023, or give the process the right to lower ones' };
      return undefined;
    },
  },
  TLS_INVALID: {
    category: 'usage',
    say: (f: { reason: string }) => `the server's certificate or key cannot be used: ${f.reason}`,
    remedy: 'give PEM files: the chain of a server certificate, leaf first, and the key that belongs to it',
  },
});

/** Faults of {@link Terminal}. */
export const terminalFaults = defineFaults('TERMINAL', {
  INPUT_TOO_LARGE: { category: 'limit', say: (f: { maxBytes: number }) => `standard input is larger than the allowed ${f.maxBytes} bytes` },
  INTERRUPTED: { category: 'usage', say: () => 'interrupted' },
});
