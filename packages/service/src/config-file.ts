// SPDX-License-Identifier: Apache-2.0
/** The configuration file of a server, and the files that it names. */
import { defineFaults, type Files, fromUtf8, isFault } from '@notary/base';
import { parseJsonStrict } from '@notary/base/json';

/** The faults with codes `CONFIG_…`. */
export const configFaults = defineFaults('CONFIG', {
  UNREADABLE: {
    category: 'usage',
    say: (f: { file: string; reason: string }) => `could not read config at :${f.file}: ${f.reason}`,
    remedy: 'give a JSON file that this user may read with -config',
  },
  FILE_UNREADABLE: {
    category: 'usage',
    say: (f: { file: string; use: string }) => `cannot read ${f.file} (${f.use})`,
    remedy: 'check the name, which is relative to the configuration file, and its permissions',
  },
  LOG_FORMAT: { category: 'usage', say: (f: { format: string }) => `unknown log format ${JSON.stringify(f.format)}: use json or logfmt` },
});

/** Largest configuration, certificate, key or secret file. */
const MAX_FILE_BYTES = 1024 * 1024;

/** The JSON of a configuration file. Faults: `CONFIG_UNREADABLE`. */
export async function readConfigFile(files: Files, file: string): Promise<unknown> {
  const bytes = file === '' ? undefined : await files.read(file, MAX_FILE_BYTES);
  if (bytes === undefined) throw configFaults.UNREADABLE({ file, reason: 'there is no such file' });
  try {
    return parseJsonStrict(bytes, { maxBytes: MAX_FILE_BYTES, maxDepth: 32 });
  } catch (e) {
    throw configFaults.UNREADABLE({ file, reason: isFault(e) ? e.message : 'not JSON' }, { cause: e });
  }
}

/** The text of a file that the configuration names for this use. Faults: `CONFIG_FILE_UNREADABLE`. */
export async function readNamedFile(files: Files, file: string, use: string): Promise<string> {
  const bytes = await files.read(file, MAX_FILE_BYTES);
  if (bytes === undefined) throw configFaults.FILE_UNREADABLE({ file, use });
  return fromUtf8(bytes);
}

/** A format of logs by its name on the command line. Faults: `CONFIG_LOG_FORMAT`. */
export function logFormat(format: string): 'json' | 'logfmt' {
  if (format !== 'json' && format !== 'logfmt') throw configFaults.LOG_FORMAT({ format });
  return format;
}
