// SPDX-License-Identifier: Apache-2.0
/** Error bodies of registries and token servers (distribution-spec, "Error Codes"), and the words that oras makes of them. */
import { compareUtf8 } from '@notary/base';
import { goFloat, isJsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { MAX_ERROR_TEXT, MAX_ERRORS } from './limits.ts';

/** One error of a body, cut to a sane length. */
export interface RegistryError {
  readonly code: string;
  readonly message: string;
  /** As text, in the way Go prints a value. */
  readonly detail?: string;
}

const cut = (text: string): string => (text.length > MAX_ERROR_TEXT ? `${text.slice(0, MAX_ERROR_TEXT)}…` : text);
/** What a registry says goes to a terminal: nothing that moves the cursor or looks like a line of ours. */
const printable = (text: string): string =>
  cut(text)
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/[\x00-\x1f\x7f-\x9f]/g, '\ufffd');

/** The errors of a body; none if it is not of this form, whatever it is. */
export function parseRegistryErrors(body: Uint8Array): RegistryError[] {
  let json: JsonValue;
  try {
    json = parseJsonStrict(body, { duplicates: 'last', trailing: 'ignore' });
  } catch {
    return [];
  }
  const errors = isJsonObject(json) ? json['errors'] : undefined;
  if (!Array.isArray(errors)) return [];
  return errors
    .slice(0, MAX_ERRORS)
    .filter(isJsonObject)
    .map((error) => {
      const { code, message, detail } = error;
      return {
        code: printable(typeof code === 'string' ? code : ''),
        message: printable(typeof message === 'string' ? message : ''),
        ...(detail === undefined || detail === null ? {} : { detail: printable(goText(detail)) }),
      };
    });
}

/** A JSON value as Go's `%v` prints it: `[map[Action:pull Type:repository]]`. */
function goText(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (typeof value === 'number') return goFloat(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  const members = Object.keys(value).sort(compareUtf8);
  return `map[${members.map((key) => `${key}:${goText(value[key] ?? null)}`).join(' ')}]`;
}

/** What stands after the status code in oras's message: the errors, else the name of the status. */
export function statusReason(status: number, errors: readonly RegistryError[]): string {
  if (errors.length === 0) return STATUS_TEXT.get(status) ?? '';
  return errors.map(errorText).join('; ');
}

function errorText(error: RegistryError): string {
  const code = error.code.replaceAll('_', ' ').toLowerCase();
  if (error.message === '') return code;
  return error.detail === undefined ? `${code}: ${error.message}` : `${code}: ${error.message}: ${error.detail}`;
}

/** Go's names of the statuses that registries send. */
const STATUS_TEXT: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [204, 'No Content'],
  [206, 'Partial Content'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Request Entity Too Large'],
  [414, 'Request URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Requested Range Not Satisfiable'],
  [417, 'Expectation Failed'],
  [418, "I'm a teapot"],
  [421, 'Misdirected Request'],
  [422, 'Unprocessable Entity'],
  [423, 'Locked'],
  [425, 'Too Early'],
  [426, 'Upgrade Required'],
  [428, 'Precondition Required'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [451, 'Unavailable For Legal Reasons'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
  [507, 'Insufficient Storage'],
  [511, 'Network Authentication Required'],
]);
