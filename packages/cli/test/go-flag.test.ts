// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { goFlagDefaults, parseGoFlags } from '../src/go-flag/index.ts';
import type { Flags } from '../src/index.ts';

const flags = {
  config: { type: 'string', usage: 'Path to configuration file' },
  debug: { type: 'bool', usage: 'Enable the debugging server on localhost:8080' },
  logf: { type: 'string', usage: "Set the format of the logs. Only 'json' and 'logfmt' are supported at the moment.", default: 'json' },
  n: { type: 'int', usage: 'a `number`' },
  wait: { type: 'duration', usage: 'a pause' },
} as const satisfies Flags;

describe('flags in the dialect of Go', () => {
  it.each([
    [['-config', 'f'], { config: 'f' }, []],
    [['--config=f', 'x', '-debug'], { config: 'f', debug: false }, ['x', '-debug']],
    [['-debug', '-logf=logfmt'], { debug: true, logf: 'logfmt' }, []],
    [['-debug=false', '--', '-x'], { debug: false }, ['-x']],
    [['-n', '0x10', '-wait', '2s'], { n: 16, wait: 2_000_000_000n }, []],
    [['-'], {}, ['-']],
    [[], { config: '', logf: 'json', debug: false, n: 0 }, []],
  ])('%j', (argv, options, args) => {
    const parsed = parseGoFlags(flags, argv);
    expect(parsed).toMatchObject({ kind: 'parsed', options, args });
  });

  it.each([
    [['-x'], 'flag provided but not defined: -x'],
    [['-constructor'], 'flag provided but not defined: -constructor'],
    [['-config'], 'flag needs an argument: -config'],
    [['---x'], 'bad flag syntax: ---x'],
    [['-=x'], 'bad flag syntax: -=x'],
    [['-debug=x'], 'invalid boolean value "x" for -debug: parse error'],
    [['-n', 'x'], 'invalid value "x" for flag -n: parse error'],
    [['-n', '99999999999999999999'], 'invalid value "99999999999999999999" for flag -n: value out of range'],
    [['-wait', 'x'], 'invalid value "x" for flag -wait: parse error'],
  ])('%j', (argv, message) => {
    expect(parseGoFlags(flags, argv)).toEqual({ kind: 'error', message });
  });

  it('knows -h and -help unless they are declared', () => {
    expect(parseGoFlags(flags, ['-h'])).toEqual({ kind: 'help' });
    expect(parseGoFlags(flags, ['--help'])).toEqual({ kind: 'help' });
  });

  it('lists the flags as PrintDefaults does', () => {
    expect(goFlagDefaults(flags)).toBe(`  -config string
    	Path to configuration file
  -debug
    	Enable the debugging server on localhost:8080
  -logf string
    	Set the format of the logs. Only 'json' and 'logfmt' are supported at the moment. (default "json")
  -n number
    	a number
  -wait duration
    	a pause
`);
  });
});
