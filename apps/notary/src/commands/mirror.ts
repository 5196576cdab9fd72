// SPDX-License-Identifier: Apache-2.0
/** `notary mirror`. */
import { fromUtf8 } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { printable } from '@notary/cli';
import { createProgress, type Progress } from '@notary/cli/terminal';
import {
  createFileCache,
  type Gun,
  loadPins,
  MAX_IMPORT_BYTES,
  type MirrorEvent,
  type MirrorReport,
  mirrorCollection,
  mirrorList,
  parseGun,
  parseMirrorList,
} from '@notary/collection';
import { asJson } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openRemote, openWorkplace, type Workplace } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<number> {
  const list = invocation.options.list as string;
  const wanted = list === '' ? 2 : 1;
  if (invocation.args.length !== wanted)
    throw faults.USAGE({ problem: list === '' ? 'Must specify a GUN and a folder' : 'Must specify a folder' });
  const directory = absolute(deps, invocation.args.at(-1) as string);
  const workplace = await openWorkplace(invocation, deps);
  const mirror = (gun: Gun): Promise<MirrorReport> => mirrorOne(invocation, deps, workplace, gun, directory);
  if (list === '') return one(invocation, deps, await mirror(parseGun(invocation.args[0] as string)));
  const bytes = await deps.files.read(absolute(deps, list), MAX_IMPORT_BYTES);
  if (bytes === undefined) throw faults.FILE_MISSING({ path: list });
  return many(invocation, deps, { guns: parseMirrorList(fromUtf8(bytes)), directory, mirror });
}

async function mirrorOne(invocation: Invocation, deps: AppDeps, workplace: Workplace, gun: Gun, directory: string): Promise<MirrorReport> {
  const { config, log } = workplace;
  const { history, allowExpired, disableTofu } = invocation.options as { history: boolean; allowExpired: boolean; disableTofu: boolean };
  const pins = await loadPins({ ...config.pins, disableTofu: config.pins.disableTofu || disableTofu }, gun, deps.files, config.folder);
  const source = await openRemote(config, gun, 'read', { deps, log });
  const anchor = await createFileCache(workplace.directory, gun).read('root');
  const expired = allowExpired ? 'show' : 'refuse';
  return mirrorCollection({ gun, source, directory, files: deps.files, at: deps.clock.now(), pins, anchor, history, expired, log });
}

function one(invocation: Invocation, deps: AppDeps, report: MirrorReport): number {
  if (asJson(invocation)) printResult(deps.terminal, invocation, { ...report });
  else deps.terminal.out(`${reportText(report)}\n`);
  return 0;
}

export function reportText(report: MirrorReport): string {
  const what = report.unchanged ? 'is up to date' : `copied: ${report.rootVersions} roots, ${report.written} files written`;
  const missing = report.missingRoots.length > 0 ? `; the server lacks root ${report.missingRoots.join(', ')}` : '';
  const expired = report.expired.length > 0 ? `; expired: ${report.expired.join(', ')}` : `; readers can use it until ${report.expires}`;
  return `${report.gun} ${what}${missing}${expired}`;
}

interface Many {
  readonly guns: readonly Gun[];
  readonly directory: string;
  readonly mirror: (gun: Gun) => Promise<MirrorReport>;
}

async function many(invocation: Invocation, deps: AppDeps, { guns, directory, mirror }: Many): Promise<number> {
  const { files, clock, terminal } = deps;
  const progress = createProgress(terminal, clock);
  const onEvent = (event: MirrorEvent): void => tell(event, progress, invocation, deps);
  const report = await mirrorList({ guns, directory, files, clock, mirror, onEvent });
  progress.done();
  const failed = report.failed.map(({ gun, fault }) => ({ gun, error: fault.toJSON() }));
  const fault = failed.length === 0 ? undefined : faults.HAS_FAILURES({ failed: failed.length, total: guns.length });
  if (asJson(invocation)) {
    // One document: what was done, and how it ended.
    const error = fault === undefined ? {} : { error: fault.toJSON() };
    printResult(terminal, invocation, { done: report.done, skipped: report.skipped, failed, ...error });
    return fault === undefined ? 0 : 1;
  }
  terminal.out(`${report.done.length} copied, ${report.skipped.length} done before, ${failed.length} failed\n`);
  if (fault !== undefined) throw fault;
  return 0;
}

function tell(event: MirrorEvent, progress: Progress, invocation: Invocation, deps: AppDeps): void {
  const say = (text: string): void => {
    progress.done();
    if (!asJson(invocation)) deps.terminal.out(`${printable(text)}\n`);
  };
  switch (event.kind) {
    case 'started':
      progress.update(`${event.position} of ${event.total}: ${event.gun}`);
      break;
    case 'waiting':
      progress.update(`${event.gun}: the server is busy, waiting ${Math.round(event.ms / 1000)} s`);
      break;
    case 'done':
      say(reportText(event.report));
      break;
    case 'failed':
      deps.terminal.err(`${event.gun}: ${printable(event.fault.message)}\n`);
      break;
    case 'skipped':
      break;
  }
}
