// SPDX-License-Identifier: Apache-2.0
/** The machine's offset from UTC, without waking the runtime's zone database where the answer is known to be zero. */
import { fromUtf8Lossy } from '@notary/base';
import type { AppDeps } from './deps.ts';

type ZoneDeps = Pick<AppDeps, 'environment' | 'files' | 'host'>;

/** A zone without a single change takes 114 bytes (RFC 9636, 3); one that ever had another offset is larger. */
const PLAIN_ZONE_BYTES = 128;

/** Minutes east of UTC at an instant. The runtime is asked only where the zone may be another than UTC: its first answer costs 4 ms. */
export const localOffsetMinutes = async (deps: ZoneDeps, at: Date): Promise<number> =>
  (await isInUtc(deps)) ? 0 : deps.host.zoneAt(at).offsetMinutes;

/** Is this a machine that plainly says UTC, as most servers and containers do? False also where that cannot be seen. */
async function isInUtc({ environment, files, host }: ZoneDeps): Promise<boolean> {
  const named = environment.get('TZ');
  if (named !== undefined) return named === 'UTC' || named === 'Etc/UTC';
  if (host.os === 'windows') return false;
  const zone = await files.read('/etc/localtime', PLAIN_ZONE_BYTES).catch(() => undefined);
  if (zone === undefined) return false;
  const text = fromUtf8Lossy(zone);
  return text.startsWith('TZif') && text.endsWith('\nUTC0\n');
}
