// SPDX-License-Identifier: Apache-2.0
/** Builds what commands get from the real machine. */
import { createPlatform } from '@notary/platform';
import type { AppDeps } from './deps.ts';

export const compose = (): AppDeps => createPlatform();
