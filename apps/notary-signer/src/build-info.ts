// SPDX-License-Identifier: Apache-2.0
/** What this build is. */
import { versionLine as lineOf } from '@notary/cli/go-flag';
import { runtimeName } from '@notary/platform';

/** The version of the project. */
export const VERSION = '0.1.0';

/** What `-version` says. */
export const versionLine = (program: string): string => lineOf(program, VERSION, runtimeName());
