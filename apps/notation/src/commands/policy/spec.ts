// SPDX-License-Identifier: Apache-2.0
/** `notation policy`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { policyExplainCommand } from '../policy-explain/spec.ts';
import { policyImportCommand } from '../policy-import/spec.ts';
import { policyInitCommand } from '../policy-init/spec.ts';
import { policyLintCommand } from '../policy-lint/spec.ts';
import { policyShowCommand } from '../policy-show/spec.ts';

export const policyCommand: Command<AppDeps> = {
  name: 'policy',
  short: 'Manage OCI trust policy configuration for OCI artifact signature verification',
  long: 'Manage OCI trust policy configuration for OCI artifact signature verification.',
  commands: [policyShowCommand, policyImportCommand, policyInitCommand, policyLintCommand, policyExplainCommand],
};
