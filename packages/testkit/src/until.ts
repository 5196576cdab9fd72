// SPDX-License-Identifier: Apache-2.0
/** What a test waits for while others work on the machine: an event, never a time in which it should have come. */

/** Only what never comes takes so long. */
const PATIENCE_MS = 30_000;

/** Resolves as soon as `check` says yes; until then it may also throw. Fails by saying what was awaited. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    let problem: unknown;
    try {
      if (await check()) return;
    } catch (e) {
      problem = e;
    }
    if (performance.now() > end) throw new Error(`it did not come about: ${what}`, { cause: problem });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
