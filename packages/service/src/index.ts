// SPDX-License-Identifier: Apache-2.0
/** A server's life and its checks of credentials, shared by all servers of the project. Token checks are in `./token`. */
export type { Access, AccessControl, AccessDecision, BasicAccessOptions, Identity, UserRights } from './access.ts';
export { createBasicAccess, parseBasic, quoteHeader } from './access.ts';
export type { AdjustableLog, AdjustableLogOptions } from './adjustable-log.ts';
export { createAdjustableLog } from './adjustable-log.ts';
export { faults as serviceFaults } from './faults.ts';
export type { Health, HealthCheck, HealthOptions } from './health.ts';
export { createHealth } from './health.ts';
export type { HtpasswdOptions, PasswordCheck, PasswordUsers } from './htpasswd.ts';
export { createHtpasswd, parseHtpasswd } from './htpasswd.ts';
export { isTellable, retryAfterOf, statusOfFault } from './http-faults.ts';
export { createLineWriter, type LineWriter } from './line-writer.ts';
export type { JsonLogOptions, LogLevel } from './log.ts';
export { createJsonLog } from './log.ts';
export type { Counter, Family, Gauge, Histogram, Metrics } from './metrics.ts';
export { createMetrics, LATENCY_BUCKETS, METRICS_CONTENT_TYPE } from './metrics.ts';
export type { Endpoint, ReloadResult, RunningService, ServiceOptions } from './run.ts';
export { startService } from './run.ts';
