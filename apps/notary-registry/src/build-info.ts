// SPDX-License-Identifier: Apache-2.0
/** The version of the project. */
export const VERSION = '0.1.0';
