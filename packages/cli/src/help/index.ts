// SPDX-License-Identifier: Apache-2.0

export { withBuiltins } from '../builtins.ts';
export { flagUsages, type HelpOptions, helpText, usageText } from './help.ts';
