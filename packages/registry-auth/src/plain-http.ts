// SPDX-License-Identifier: Apache-2.0
/** When a registry is spoken to without TLS: the rule of the Go notation. */

export interface PlainHttpRule {
  /** `--insecure-registry`. */
  readonly insecure?: boolean;
  /** `insecureRegistries` of config.json: `host` or `host:port`, compared exactly but for case. */
  readonly insecureRegistries?: readonly string[];
}

/** True for `--insecure-registry`, for a listed registry, and for `localhost:<port>`: the port is needed, 127.0.0.1 is not enough. */
export function usesPlainHttp(registry: string, rule: PlainHttpRule = {}): boolean {
  if (rule.insecure === true) return true;
  const wanted = registry.toLowerCase();
  for (const listed of rule.insecureRegistries ?? []) if (listed.toLowerCase() === wanted) return true;
  return /^localhost:\d*$/.test(registry);
}
