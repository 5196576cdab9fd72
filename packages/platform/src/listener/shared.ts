// SPDX-License-Identifier: Apache-2.0
/** What both listeners say and check alike. */
import { type Fault, listenFaults } from '@notary/base';
import { errnoOf } from '../files/fault.ts';

export interface ListenTls {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
}

/** A plain answer of the listener itself. It closes the connection: what comes next on it cannot be trusted to be a request. */
export function refusal(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', connection: 'close' } });
}

/** The answer for a handler that threw: nothing of the error leaves the process. */
export const brokenHandler = (): Response => refusal(500, 'internal server error');

/** `http://127.0.0.1:5000`: an address of IPv6 in brackets. */
export function listenerUrl(tls: boolean, host: string, port: number): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** From what a runtime threw while it bound the port or read the certificate. */
export function listenFault(host: string, port: number, e: unknown): Fault {
  const errno = errnoOf(e);
  const message = (e instanceof Error ? e.message : String(e)).slice(0, 300);
  if (errno === 'EADDRINUSE') return listenFaults.ADDRESS_IN_USE({ host, port }, { cause: e });
  if (/^ERR_(OSSL|SSL|TLS|CRYPTO|BORINGSSL)/.test(errno) || /\b(PEM|SSL|certificate|private key)\b/i.test(message))
    return listenFaults.TLS_INVALID({ reason: message }, { cause: e });
  const reasons: Record<string, string> = {
    EACCES: 'bind: permission denied',
    EADDRNOTAVAIL: 'bind: cannot assign requested address',
    ENOTFOUND: `lookup ${host}: no such host`,
  };
  return listenFaults.FAILED({ host, port, reason: reasons[errno] ?? message }, { cause: e });
}

/** Reads with a bound on each silence; a stall ends the body with an error, and `stalled` is called first. */
export function watchedBody(
  next: () => Promise<IteratorResult<Uint8Array, unknown>>,
  silenceMs: number,
  events: { readonly stalled: () => void; readonly cancelled?: () => void; readonly count?: (bytes: number) => Error | undefined },
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const silence = new Promise<never>((_, reject) => {
          timer = setTimeout(() => {
            events.stalled();
            reject(new DOMException('the request body stalled', 'TimeoutError'));
          }, silenceMs);
        });
        try {
          const step = await Promise.race([next(), silence]);
          if (step.done) return controller.close();
          const tooMuch = events.count?.(step.value.length);
          if (tooMuch) throw tooMuch;
          controller.enqueue(step.value);
        } catch (e) {
          controller.error(e);
        } finally {
          clearTimeout(timer);
        }
      },
      cancel: () => events.cancelled?.(),
    },
    { highWaterMark: 0 },
  );
}
