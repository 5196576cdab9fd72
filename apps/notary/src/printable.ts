// SPDX-License-Identifier: Apache-2.0
/** Text of servers and publishers on its way to a terminal: control characters could move the cursor or forge lines. */

/** Control characters become U+FFFD; `lines` keeps newlines and tabs, which our own texts hold. */
export function printable(text: string, keep: 'nothing' | 'lines' = 'nothing'): string {
  const pattern = keep === 'lines' ? /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g : /[\u0000-\u001f\u007f-\u009f]/g;
  return text.replace(pattern, '\ufffd');
}
