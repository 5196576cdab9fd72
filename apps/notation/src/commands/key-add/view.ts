// SPDX-License-Identifier: Apache-2.0
export const keyAddedText = (name: string, mark: 'default' | 'listed'): string =>
  mark === 'default' ? `${name}: marked as default\n` : `${name}\n`;
