#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `notary-server`: from the command line to the exit code. The only place that ends the process. */
import { runGoProgram } from '@notary/cli/go-flag';
import { createPlatform } from '@notary/platform';
import { createProgram } from './run.ts';

const platform = createPlatform();
void runGoProgram(createProgram(platform), process.argv.slice(2), platform.terminal).then((code) => process.exit(code));
