// SPDX-License-Identifier: Apache-2.0
/** `notation certificate`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { certificateAddCommand } from '../certificate-add/spec.ts';
import { certificateCheckCommand } from '../certificate-check/spec.ts';
import { certificateCleanupTestCommand } from '../certificate-cleanup-test/spec.ts';
import { certificateDeleteCommand } from '../certificate-delete/spec.ts';
import { certificateGenerateTestCommand } from '../certificate-generate-test/spec.ts';
import { certificateListCommand } from '../certificate-list/spec.ts';
import { certificateShowCommand } from '../certificate-show/spec.ts';

export const certificateCommand: Command<AppDeps> = {
  name: 'certificate',
  aliases: ['cert'],
  short: 'Manage certificates in trust store',
  long: 'Manage certificates in trust store for signature verification.',
  commands: [
    certificateAddCommand,
    certificateListCommand,
    certificateShowCommand,
    certificateDeleteCommand,
    certificateGenerateTestCommand,
    certificateCleanupTestCommand,
    certificateCheckCommand,
  ],
};
