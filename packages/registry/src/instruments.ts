// SPDX-License-Identifier: Apache-2.0
/** What the registry measures of itself. Labels are operations and statuses, never names. */
import type { Counter, Histogram, Metrics } from '@notary/service';
import { LATENCY_BUCKETS } from '@notary/service';

export interface RegistryInstruments {
  request(operation: string, status: number, seconds: number): void;
  readonly received: Counter;
  readonly uploadsExpired: Counter;
}

/** Instruments on a metrics page. */
export function createInstruments(metrics: Metrics, uploads: () => number): RegistryInstruments {
  const requests = metrics.counter('registry_requests_total', 'Requests by operation and status.', ['operation', 'status']);
  const durations = metrics.histogram(
    'registry_request_seconds',
    'Time until the answer was ready, by operation.',
    ['operation'],
    LATENCY_BUCKETS,
  );
  metrics.gaugeFrom('registry_uploads', 'Uploads in progress.', uploads);
  // Label lookups build text; this runs for each request, so the handles are kept.
  const handles = new Map<string, { duration: Histogram; byStatus: Map<number, Counter> }>();
  return {
    request(operation, status, seconds) {
      let handle = handles.get(operation);
      if (handle === undefined) handles.set(operation, (handle = { duration: durations.labels(operation), byStatus: new Map() }));
      let counter = handle.byStatus.get(status);
      if (counter === undefined) handle.byStatus.set(status, (counter = requests.labels(operation, String(status))));
      counter.inc();
      handle.duration.observe(seconds);
    },
    received: metrics.counter('registry_received_bytes_total', 'Bytes of blobs and manifests received.').labels(),
    uploadsExpired: metrics.counter('registry_uploads_expired_total', 'Uploads dropped for lack of progress.').labels(),
  };
}
