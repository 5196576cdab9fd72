// SPDX-License-Identifier: Apache-2.0
/** What this build is. */

/** The version of the project. */
export const VERSION = '0.1.0';
/** The reference release whose commands, files and messages these are. */
export const COMPATIBLE_WITH = '0.7.0';
/** Names this program to servers. */
export const USER_AGENT = `notary-ts/${VERSION}`;
