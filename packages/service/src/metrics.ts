// SPDX-License-Identifier: Apache-2.0
/**
 * Counters, gauges and histograms with Prometheus' text exposition format 0.0.4. Ours because the usual client adds 10 ms to the
 * start of a compiled executable; what a handler does per request is one addition on an object it holds.
 */
import { faults } from './faults.ts';
import { MAX_METRIC_SERIES } from './limits.ts';

/** A number that only grows. */
export interface Counter {
  inc(by?: number): void;
}
/** A number that is what it is now. */
export interface Gauge {
  set(value: number): void;
  add(by: number): void;
}
/** Counts values by size. */
export interface Histogram {
  observe(value: number): void;
}

/** A metric with labels: one series per combination of values. Values must come from a fixed set, never from a request. */
export interface Family<T> {
  labels(...values: readonly string[]): T;
}

/** The numbers of a server and the page that shows them (Prometheus text format 0.0.4). */
export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): Family<Counter>;
  gauge(name: string, help: string, labelNames?: readonly string[]): Family<Gauge>;
  /** A gauge read when the page is rendered. */
  gaugeFrom(name: string, help: string, read: () => number): void;
  /** `buckets` ascending, without infinity. */
  histogram(name: string, help: string, labelNames: readonly string[], buckets: readonly number[]): Family<Histogram>;
  /** The exposition page, `text/plain; version=0.0.4`. */
  render(): string;
}

/** The content type of that page. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Latency buckets in seconds: cached reads take tens of microseconds, uploads of layers minutes. */
export const LATENCY_BUCKETS: readonly number[] = [0.0001, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

class Value implements Counter, Gauge {
  value = 0;
  inc(by = 1): void {
    this.value += by;
  }
  add(by: number): void {
    this.value += by;
  }
  set(value: number): void {
    this.value = value;
  }
}

class Buckets implements Histogram {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;
  count = 0;
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }
  observe(value: number): void {
    this.sum += value;
    this.count++;
    for (let i = 0; i < this.bounds.length; i++) {
      if (value <= (this.bounds[i] as number)) {
        this.counts[i] = (this.counts[i] as number) + 1;
        return;
      }
    }
  }
}

const escapeLabel = (v: string): string => v.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');

function labelText(names: readonly string[], values: readonly string[]): string {
  return names.map((n, i) => `${n}="${escapeLabel(values[i] ?? '')}"`).join(',');
}

class SeriesFamily<T> implements Family<T> {
  readonly series = new Map<string, T>();
  readonly name: string;
  readonly #names: readonly string[];
  readonly #create: () => T;
  constructor(name: string, names: readonly string[], create: () => T) {
    this.name = name;
    this.#names = names;
    this.#create = create;
  }
  labels(...values: readonly string[]): T {
    const key = labelText(this.#names, values);
    const known = this.series.get(key);
    if (known !== undefined) return known;
    if (this.series.size >= MAX_METRIC_SERIES) throw faults.METRIC_SERIES_LIMIT({ metric: this.name });
    const made = this.#create();
    this.series.set(key, made);
    return made;
  }
}

function renderValues(family: SeriesFamily<Value>): string {
  let out = '';
  for (const [key, v] of family.series) out += `${family.name}${key === '' ? '' : `{${key}}`} ${v.value}\n`;
  return out;
}

function renderBuckets(family: SeriesFamily<Buckets>): string {
  let out = '';
  for (const [key, h] of family.series) {
    const prefix = key === '' ? '' : `${key},`;
    let running = 0;
    h.bounds.forEach((bound, i) => {
      running += h.counts[i] as number;
      out += `${family.name}_bucket{${prefix}le="${bound}"} ${running}\n`;
    });
    out += `${family.name}_bucket{${prefix}le="+Inf"} ${h.count}\n`;
    const braces = key === '' ? '' : `{${key}}`;
    out += `${family.name}_sum${braces} ${h.sum}\n${family.name}_count${braces} ${h.count}\n`;
  }
  return out;
}

/** An empty registry of metrics. */
export function createMetrics(): Metrics {
  const pages: (() => string)[] = [];
  const head = (name: string, help: string, type: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  const values = (name: string, help: string, type: string, labelNames: readonly string[]): SeriesFamily<Value> => {
    const family = new SeriesFamily(name, labelNames, () => new Value());
    pages.push(() => head(name, help, type) + renderValues(family));
    return family;
  };
  return {
    counter: (name, help, labelNames = []) => values(name, help, 'counter', labelNames),
    gauge: (name, help, labelNames = []) => values(name, help, 'gauge', labelNames),
    gaugeFrom(name, help, read) {
      pages.push(() => `${head(name, help, 'gauge')}${name} ${read()}\n`);
    },
    histogram(name, help, labelNames, buckets) {
      const family = new SeriesFamily(name, labelNames, () => new Buckets(buckets));
      pages.push(() => head(name, help, 'histogram') + renderBuckets(family));
      return family;
    },
    render: () => pages.map((page) => page()).join(''),
  };
}
