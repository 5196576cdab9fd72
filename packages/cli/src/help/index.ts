// SPDX-License-Identifier: Apache-2.0
export { flagUsages, type HelpOptions, helpText, usageText } from './help.ts';
