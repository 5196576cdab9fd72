// SPDX-License-Identifier: Apache-2.0
/** The reference's HTTP metrics: a counter and three summaries per operation, cheap enough to be fed by every request. */

export const METERED = [
  'UpdateTUF',
  'GetRoleByHash',
  'GetRoleByVersion',
  'GetRole',
  'GetKey',
  'RotateKey',
  'DeleteTUF',
  'Changefeed',
] as const;
export type MeteredOperation = (typeof METERED)[number];

const QUANTILES = [0.5, 0.9, 0.99] as const;
/** Quantiles speak of the last five to ten minutes, as the reference's do of the last ten. */
const WINDOW_MS = 5 * 60_000;
/** Four buckets per power of two up to 2^31: quantiles are right within a fifth. */
const BUCKETS = 128;
const MAX_VALUE = 2 ** 31;

/** Sum and count for ever, quantiles over a moving window. */
class Summary {
  sum = 0;
  count = 0;
  #now = new Uint32Array(BUCKETS);
  #before = new Uint32Array(BUCKETS);

  observe(value: number): void {
    this.sum += value;
    this.count++;
    const i = bucketOf(value);
    this.#now[i] = (this.#now[i] as number) + 1;
  }

  rotate(): void {
    const old = this.#before;
    this.#before = this.#now;
    this.#now = old.fill(0);
  }

  quantile(q: number): number {
    let total = 0;
    for (let i = 0; i < BUCKETS; i++) total += this.#at(i);
    if (total === 0) return Number.NaN;
    let seen = 0;
    for (let i = 0; i < BUCKETS; i++) {
      seen += this.#at(i);
      if (seen >= q * total) return upperBound(i);
    }
    return upperBound(BUCKETS - 1);
  }

  #at(i: number): number {
    return (this.#now[i] as number) + (this.#before[i] as number);
  }
}

/** The exponent and the two bits after the leading one. Values of 2^31 and more (half an hour, two gigabytes) share a bucket. */
function bucketOf(value: number): number {
  const n = value >= MAX_VALUE ? MAX_VALUE : value >>> 0;
  if (n < 4) return n;
  const exponent = 31 - Math.clz32(n);
  return exponent * 4 + ((n >>> (exponent - 2)) & 3);
}

const upperBound = (i: number): number => (i < 8 ? i + 1 : 2 ** Math.floor(i / 4) * (1 + ((i % 4) + 1) / 4));

interface Series {
  readonly duration: Summary;
  readonly requestSize: Summary;
  readonly responseSize: Summary;
  readonly counts: Map<string, number>;
  /** Requests that are GET and 200: nearly all of them, so they have a counter of their own. */
  good: number;
}

export class HttpMetrics {
  readonly #series = new Map<MeteredOperation, Series>(
    METERED.map((op) => [
      op,
      { duration: new Summary(), requestSize: new Summary(), responseSize: new Summary(), counts: new Map(), good: 0 },
    ]),
  );
  #rotatedAt = 0;

  /** One request. Durations are milliseconds, sizes bytes. */
  record(operation: MeteredOperation, method: string, status: number, ms: number, requestBytes: number, responseBytes: number): void {
    const s = this.#series.get(operation) as Series;
    if (status === 200 && method === 'GET') s.good++;
    else {
      const key = `${status} ${method}`;
      s.counts.set(key, (s.counts.get(key) ?? 0) + 1);
    }
    s.duration.observe(ms * 1000);
    s.requestSize.observe(requestBytes);
    s.responseSize.observe(responseBytes);
  }

  /** The page, in Prometheus' text format. */
  render(now: number): string {
    if (now - this.#rotatedAt > WINDOW_MS) {
      this.#rotatedAt = now;
      for (const s of this.#series.values()) for (const m of [s.duration, s.requestSize, s.responseSize]) m.rotate();
    }
    return (
      this.#renderCounts() +
      this.#renderSummary('request_duration_microseconds', 'The HTTP request latencies in microseconds.', (s) => s.duration) +
      this.#renderSummary('request_size_bytes', 'The HTTP request sizes in bytes.', (s) => s.requestSize) +
      this.#renderSummary('response_size_bytes', 'The HTTP response sizes in bytes.', (s) => s.responseSize)
    );
  }

  #renderCounts(): string {
    let out =
      '# HELP notary_server_http_requests_total Total number of HTTP requests made.\n# TYPE notary_server_http_requests_total counter\n';
    for (const [operation, { counts, good }] of this.#series) {
      for (const [key, count] of good > 0 ? [['200 GET', good] as const, ...counts] : counts) {
        const [code, method] = key.split(' ') as [string, string];
        out += `notary_server_http_requests_total{code="${code}",method="${method.toLowerCase()}",operation="${operation}"} ${count}\n`;
      }
    }
    return out;
  }

  #renderSummary(name: string, help: string, pick: (s: Series) => Summary): string {
    const full = `notary_server_http_${name}`;
    let out = `# HELP ${full} ${help}\n# TYPE ${full} summary\n`;
    for (const [operation, series] of this.#series) {
      const summary = pick(series);
      for (const q of QUANTILES) out += `${full}{operation="${operation}",quantile="${q}"} ${summary.quantile(q)}\n`;
      out += `${full}_sum{operation="${operation}"} ${summary.sum}\n${full}_count{operation="${operation}"} ${summary.count}\n`;
    }
    return out;
  }
}
