// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import { join } from 'node:path';
import { temporaryFolders } from '@notary/testkit/temporary';
import { expect, it } from 'vitest';
import type { Fs } from '../src/files/fs.ts';
import { findExecutable } from '../src/processes/executable.ts';

const newFolder = temporaryFolders('notary-executable-');

/** A disk with a folder that may not be entered: to whoever runs the tests there may be none. */
const closed = (folder: string): Fs => ({
  ...fs,
  statSync: ((path: string) => {
    if (!path.startsWith(folder)) return fs.statSync(path);
    throw Object.assign(new Error(`EACCES: permission denied, stat '${path}'`), { code: 'EACCES' });
  }) as Fs['statSync'],
});

it('passes over folders of the search path that are closed to the user', async () => {
  const folder = newFolder();
  fs.writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
  const disk = closed('/closed');
  expect(await findExecutable(disk, 'tool', `/closed:${folder}`)).toBe(join(folder, 'tool'));
  await expect(findExecutable(disk, 'other', `/closed:${folder}`)).rejects.toMatchObject({
    code: 'PROCESS_NOT_FOUND',
    facts: { file: 'other' },
  });
});

it('says that a program may not be run which the user named there', async () => {
  await expect(findExecutable(closed('/closed'), '/closed/tool', '')).rejects.toMatchObject({
    code: 'PROCESS_NOT_EXECUTABLE',
    facts: { reason: 'permission denied' },
  });
});
