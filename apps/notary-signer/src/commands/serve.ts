// SPDX-License-Identifier: Apache-2.0
/** `notary-signer`: serves keys to servers that it knows by their certificates. */
import type { OptionsOf } from '@notary/cli';
import { createSignerHandlers, listenSigner, type SignerTls, type TlsWaiver } from '@notary/notary-signer';
import { isMemoryReadable, type Platform } from '@notary/platform';
import { createAdjustableLog } from '@notary/service';
import { logFormat } from '@notary/service/settings';
import { versionLine } from '../build-info.ts';
import { loadConfig, openVault, readTls } from '../compose.ts';
import type { serveFlags } from '../flags.ts';

/** How long calls in flight may take to end after a stop. */
const STOP_GRACE_MS = 10_000;

const READABLE =
  'other processes of this user can read its memory: an executable of mode 0711 that belongs to root, started by a user without capabilities, prevents it\n';

/** Runs the signer. Resolves with the exit code after a graceful stop. */
export async function runServe(options: OptionsOf<typeof serveFlags>, platform: Platform): Promise<number> {
  const format = logFormat(options.logf);
  const waiver: TlsWaiver = options.unsafePlaintext ? 'plaintext' : options.unsafeAnonymousClients ? 'anonymous-clients' : 'none';
  const config = await loadConfig(options.config, waiver, platform);
  const log = createAdjustableLog({
    clock: platform.clock,
    level: options.debug ? 'debug' : config.logLevel,
    format,
    write: (line) => process.stderr.write(line),
  });
  // whatever the level: a misspelt section protects nothing, and the default level is error
  for (const warning of config.warnings) log.always(warning, {});
  const { vault, close } = await openVault(config, platform);
  try {
    if (options.bootstrap) {
      platform.terminal.out('the schema is current\n');
      return 0;
    }
    await vault.checkPassphrase();
    const handlers = createSignerHandlers(vault, log);
    const tls = await readTls(config, platform);
    let signer = await listenSigner(handlers, { address: config.address, tls });
    const protection = tls === 'insecure' ? 'no TLS at all' : tls.clientCa === undefined ? 'TLS, any client' : 'mutual TLS';
    const keys = config.storage.backend === 'memory' ? 'memory: lost at exit' : config.storage.backend;
    try {
      platform.terminal.out(
        `notary-signer listens on ${config.address.replace(/:0$/, `:${signer.port}`)}, ${protection}\nkeys in ${keys}\n${isMemoryReadable() === true ? READABLE : ''}`,
      );
      await platform.terminal.flush();
    } catch (e) {
      log.error('cannot write to standard output', { error: e }); // no reason not to serve
    }
    log.info(versionLine('notary-signer'));
    let stopping = false;
    let inForce = tls;
    // a new server with new certificates: calls in flight end first, which clients wait for
    const replace = async (next: SignerTls | 'insecure'): Promise<void> => {
      const { port } = signer;
      await signer.stop(STOP_GRACE_MS);
      const listen = (certificates: SignerTls | 'insecure') =>
        listenSigner(handlers, { address: config.address.replace(/:0$/, `:${port}`), tls: certificates });
      try {
        signer = await listen(next);
        inForce = next;
      } catch (e) {
        signer = await listen(inForce); // a signer with old certificates is better than none
        throw e;
      }
    };
    const reload = async (): Promise<void> => {
      if (stopping) return;
      try {
        await replace(await readTls(config, platform));
        log.always('reloaded', {});
      } catch (e) {
        log.error('reload failed; the former settings stay', { error: e });
      }
    };
    let reloading = Promise.resolve();
    await new Promise<void>((resolve) => {
      platform.signals.on(['SIGUSR1', 'SIGUSR2'], (name) => {
        log.always('log level changed', { now: log.adjust(name === 'SIGUSR1' ? 'up' : 'down') });
      });
      platform.signals.on(['SIGHUP'], () => {
        reloading = reloading.then(reload);
      });
      platform.signals.on(['SIGTERM', 'SIGINT'], () => {
        stopping = true;
        void reloading.then(() => signer.stop(STOP_GRACE_MS)).then(resolve);
      });
    });
    return 0;
  } finally {
    await close();
  }
}
