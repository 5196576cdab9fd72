// SPDX-License-Identifier: Apache-2.0
/** Start, reload, stop; health; metrics; logs; faults as statuses. */
import { defineFaults, type Handler, type Listener, type SignalName, type Signals, silentLog } from '@notary/base';
import { createHealth, createJsonLog, createMetrics, retryAfterOf, startService, statusOfFault } from '@notary/service';
import { createFakeClock, createMemoryLog } from '@notary/testkit';
import { describe, expect, it } from 'vitest';

const hello: Handler = () => new Response('hello');

function fakeSignals(): Signals & { send(name: SignalName): void } {
  const listeners = new Set<{ names: readonly SignalName[]; handler: (name: SignalName) => void }>();
  return {
    on(names, handler) {
      const entry = { names, handler };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    send: (name) => {
      for (const l of [...listeners]) if (l.names.includes(name)) l.handler(name);
    },
  };
}

interface Listening {
  readonly stops: number[];
  readonly tls: string[];
  finish: () => void;
}
function fakeListener(): Listener & { readonly listening: Listening[] } {
  const listening: Listening[] = [];
  return {
    listening,
    async listen(_handler, options) {
      if (options.port === 1) throw new Error('address in use');
      const state: Listening = { stops: [], tls: [], finish: () => undefined };
      listening.push(state);
      return {
        url: `http://127.0.0.1:${options.port}`,
        port: options.port,
        reloadTls: async ({ cert }) => void state.tls.push(cert),
        stop: (graceMs) => {
          state.stops.push(graceMs);
          return graceMs === 0
            ? Promise.resolve(state.finish())
            : new Promise((resolve) => {
                state.finish = resolve;
              });
        },
      };
    },
  };
}
const endpoint = (name: string, port: number) => ({ name, handler: hello, listen: { host: '127.0.0.1', port } });
const turn = (): Promise<void> => new Promise((resume) => setTimeout(resume, 1));

describe('the life of a service', () => {
  const start = async (more: object = {}) => {
    const signals = fakeSignals();
    const listener = fakeListener();
    const clock = createFakeClock();
    const health = createHealth({ clock });
    const service = await startService({
      endpoints: [endpoint('api', 10), endpoint('metrics', 11)],
      listener,
      signals,
      clock,
      log: silentLog,
      health,
      ...more,
    });
    return { signals, listener, service, health };
  };
  it('is ready once it listens, and not any more when asked to stop', async () => {
    const { signals, listener, service, health } = await start();
    expect([health.ready, service.url('metrics'), health.readyResponse().status]).toEqual([true, 'http://127.0.0.1:11', 200]);
    signals.send('SIGTERM');
    await turn();
    expect([health.ready, health.readyResponse().status, health.healthResponse().status]).toEqual([false, 503, 200]);
    expect(listener.listening.map((l) => l.stops)).toEqual([[20_000], [20_000]]);
    for (const l of listener.listening) l.finish();
    await service.stopped;
  });
  it('closes its stores after the last request, and is cut short by a second signal', async () => {
    const closed: string[] = [];
    const { signals, listener, service } = await start({ onStop: () => closed.push('store') });
    signals.send('SIGINT');
    await turn();
    expect(closed).toEqual([]);
    signals.send('SIGINT');
    await service.stopped;
    expect([closed, listener.listening.map((l) => l.stops)]).toEqual([
      ['store'],
      [
        [20_000, 0],
        [20_000, 0],
      ],
    ]);
  });
  it('reloads on SIGHUP, and keeps what it has when that fails', async () => {
    let fail = false;
    const log = createMemoryLog();
    const onReload = () => {
      if (fail) throw new Error('bad file');
      return { tls: { api: { cert: 'new', key: 'k' } } };
    };
    const { service, listener } = await start({ onReload, log });
    await service.reload();
    fail = true;
    await service.reload();
    expect(listener.listening.map((l) => l.tls)).toEqual([['new'], []]);
    expect(JSON.stringify(log.entries)).toContain('former settings');
  });
  it('closes what it opened when one address cannot be taken', async () => {
    const listener = fakeListener();
    const options = {
      endpoints: [endpoint('api', 10), endpoint('metrics', 1)],
      listener,
      signals: fakeSignals(),
      clock: createFakeClock(),
      log: silentLog,
    };
    await expect(startService(options)).rejects.toThrow('address in use');
    expect(listener.listening.map((l) => l.stops)).toEqual([[0]]);
  });
});

describe('health', () => {
  it('runs checks in the background and reports failures by name', async () => {
    const clock = createFakeClock();
    let broken = false;
    const health = createHealth({
      clock,
      checks: {
        'DB operational': () => {
          if (broken) throw new Error('no connection');
        },
      },
    });
    health.start();
    health.setReady(true);
    expect(health.healthResponse().status).toBe(200);
    broken = true;
    await clock.advance(10_000);
    const response = health.healthResponse();
    expect([response.status, await response.json()]).toEqual([503, { 'DB operational': 'no connection' }]);
    broken = false;
    await clock.advance(10_000);
    expect(health.readyResponse().status).toBe(200);
    health.stop();
    expect(clock.sleeping).toBe(0);
  });
  it('SERVICE_HEALTH_CHECK_TIMEOUT: a check that hangs has failed', async () => {
    const clock = createFakeClock();
    const health = createHealth({ clock, checks: { slow: () => new Promise(() => undefined) }, timeoutMs: 100 });
    const checking = health.checkNow();
    await clock.advance(101);
    await checking;
    expect(health.failures().get('slow')).toContain('100 ms');
  });
});

describe('metrics', () => {
  it('render counters, gauges and histograms as Prometheus reads them', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('requests_total', 'Requests.', ['code']);
    counter.labels('200').inc();
    counter.labels('200').inc(2);
    counter.labels('a"b\\c\nd').inc();
    metrics.gaugeFrom('open', 'Open.', () => 7);
    const histogram = metrics.histogram('seconds', 'Time.', [], [0.1, 1]);
    for (const v of [0.05, 0.5, 0.1, 3]) histogram.labels().observe(v);
    expect(metrics.render()).toBe(
      [
        '# HELP requests_total Requests.',
        '# TYPE requests_total counter',
        'requests_total{code="200"} 3',
        'requests_total{code="a\\"b\\\\c\\nd"} 1',
        '# HELP open Open.',
        '# TYPE open gauge',
        'open 7',
        '# HELP seconds Time.',
        '# TYPE seconds histogram',
        'seconds_bucket{le="0.1"} 2',
        'seconds_bucket{le="1"} 3',
        'seconds_bucket{le="+Inf"} 4',
        'seconds_sum 3.65',
        'seconds_count 4',
        '',
      ].join('\n'),
    );
  });
  it('refuse labels without end', () => {
    const family = createMetrics().counter('x', 'X.', ['name']);
    expect(() => {
      for (let i = 0; i < 3000; i++) family.labels(String(i));
    }).toThrow(expect.objectContaining({ code: 'SERVICE_METRIC_SERIES_LIMIT' }));
  });
});

describe('logs', () => {
  it('are one JSON object a line, from a level on, whatever is put in', () => {
    const lines: string[] = [];
    const log = createJsonLog({ clock: createFakeClock('2026-01-15T12:00:00Z'), write: (l) => lines.push(l), fields: { service: 'x' } });
    log.debug('unseen');
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    log.info('a\nb', { n: 1n, error: Object.assign(new Error('broken'), { code: 'E' }) });
    log.error('loop', { loop });
    expect(lines.map((l) => [l.endsWith('\n'), l.indexOf('\n') === l.length - 1])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-01-15T12:00:00.000Z',
      level: 'info',
      msg: 'a\nb',
      service: 'x',
      n: '1',
      error: { message: 'broken', code: 'E' },
    });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'error', unprintable: ['loop'] });
  });
});

describe('faults as statuses', () => {
  const faults = defineFaults('T', {
    USAGE: { category: 'usage', say: () => '' },
    MALFORMED: { category: 'malformed', say: () => '' },
    UNTRUSTED: { category: 'untrusted', say: () => '' },
    UNSUPPORTED: { category: 'unsupported', say: () => '' },
    SIZE: { category: 'limit', say: () => '' },
    RATE: { category: 'limit', say: (_: { retryAfterSeconds: number }) => '' },
    CONFLICT: { category: 'conflict', say: () => '' },
    UNAVAILABLE: { category: 'unavailable', say: () => '' },
    INTERNAL: { category: 'internal', say: () => '' },
  });
  it('follow the table of categories', () => {
    const made = [
      faults.USAGE(),
      faults.MALFORMED(),
      faults.UNTRUSTED(),
      faults.UNSUPPORTED(),
      faults.SIZE(),
      faults.RATE({ retryAfterSeconds: 1.2 }),
      faults.CONFLICT(),
      faults.UNAVAILABLE(),
      faults.INTERNAL(),
    ];
    expect(made.map(statusOfFault)).toEqual([400, 400, 403, 422, 413, 429, 409, 503, 500]);
    expect(retryAfterOf(made[5] as (typeof made)[0])).toBe(2);
  });
});
