#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `notary-server`: from the command line to the exit code. The only place that ends the process. */
import { run } from './run.ts';

void run(process.argv.slice(2)).then((code) => process.exit(code));
