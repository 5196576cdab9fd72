// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type Command, type Failure, type Flags, type Invocation, type Program, type ProgramDeps, runProgram } from '../src/index.ts';
import { fakeEnvironment, fakeTerminal } from './fakes.ts';

const flags = {
  name: { type: 'string', short: 'n', usage: 'a name', default: 'nobody', env: 'TOOL_NAME' },
  loud: { type: 'bool', short: 'l', usage: 'shout' },
  twice: { type: 'bool', short: 't', usage: 'say it twice' },
  count: { type: 'int', short: 'c', usage: 'how often', default: 1 },
  wait: { type: 'duration', short: 'w', usage: 'a pause' },
  pair: { type: 'stringArray', short: 'p', usage: 'pairs, not split' },
  list: { type: 'strings', usage: 'words, split at commas' },
} as const satisfies Flags;

const groupFlags = {
  a: { type: 'bool', usage: 'a' },
  b: { type: 'bool', usage: 'b' },
  file: { type: 'bool', usage: 'file' },
  url: { type: 'bool', usage: 'url' },
} as const satisfies Flags;

interface Seen {
  calls: Invocation[];
  order: string[];
}

function tool(seen: Seen): Program<ProgramDeps> {
  const record = async () => ({
    preRun: () => {
      seen.order.push('pre-run');
    },
    run: async (invocation: Invocation) => {
      seen.calls.push(invocation);
    },
  });
  const root: Command<ProgramDeps> = {
    name: 'tool',
    short: 'A tool',
    globalFlags: { verbose: { type: 'bool', short: 'v', usage: 'say more' } },
    commands: [
      { name: 'greet', aliases: ['hi'], use: '[flags] <who>', short: 'Greet', flags, load: record },
      { name: 'none', args: 'none', load: record },
      { name: 'two', args: { exactly: 2 }, load: record },
      { name: 'own', args: (args, options) => (options.loud && args.length > 0 ? 'not both' : undefined), flags, load: record },
      {
        name: 'need',
        flags: { store: { type: 'string', usage: 's', required: true }, type: { type: 'string', usage: 't', required: true } },
        load: record,
      },
      { name: 'together', flags: groupFlags, groups: { together: [['a', 'b']] }, load: record },
      { name: 'one', flags: groupFlags, groups: { oneRequired: [['file', 'url']], exclusive: [['file', 'url']] }, load: record },
      { name: 'group', short: 'Groups', commands: [{ name: 'inner', flags, load: record }] },
      { name: 'signature', hidden: true, load: record },
    ],
  };
  return {
    root,
    preRun: () => {
      seen.order.push('root pre-run');
    },
  };
}

async function call(argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const seen: Seen = { calls: [], order: [] };
  const terminal = fakeTerminal();
  const code = await runProgram(tool(seen), argv, { terminal, environment: fakeEnvironment(environment) });
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr(), invocation: seen.calls[0], order: seen.order };
}

describe('flags in the dialect of pflag', () => {
  it.each([
    [['greet', '--name', 'x', 'w'], { name: 'x' }, ['w']],
    [['greet', '--name=x=y', 'w'], { name: 'x=y' }, ['w']],
    [['greet', 'w', '-n', 'x'], { name: 'x' }, ['w']],
    [['greet', '-nx', 'w'], { name: 'x' }, ['w']],
    [['greet', '-n=x'], { name: 'x' }, []],
    [['greet', '-ltnx'], { loud: true, twice: true, name: 'x' }, []],
    [['greet', '--loud=false', '-t=1'], { loud: false, twice: true }, []],
    [['greet', '--loud', 'false'], { loud: true }, ['false']],
    [['greet', '--', '--loud', '-x'], { loud: false }, ['--loud', '-x']],
    [['greet', '-', ''], {}, ['-', '']],
    [['greet', '-c', '-5'], { count: -5 }, []],
    [['greet', '-w', '1h30m'], { wait: 5_400_000_000_000n }, []],
    [['greet', '-p', 'a=1,b=2', '-p', 'c'], { pair: ['a=1,b=2', 'c'] }, []],
    [['greet', '--list', 'a,b', '--list=c'], { list: ['a', 'b', 'c'] }, []],
    [['greet', '-v'], { verbose: true }, []],
    [['hi'], { name: 'nobody', count: 1, wait: 0n, pair: [], list: [], loud: false }, []],
  ])('%j', async (argv, options, args) => {
    const { invocation, code } = await call(argv);
    expect(code).toBe(0);
    expect(invocation?.options).toMatchObject(options);
    expect(invocation?.args).toEqual(args);
  });

  it('takes a default from the environment, which does not count as given', async () => {
    const { invocation } = await call(['greet'], { TOOL_NAME: 'env' });
    expect(invocation?.options.name).toBe('env');
    expect(invocation?.changed.has('name')).toBe(false);
    expect((await call(['greet', '-n', 'x'], { TOOL_NAME: 'env' })).invocation?.options.name).toBe('x');
  });
});

describe('failures read as the reference prints them', () => {
  it.each([
    [['greet', '--foo'], 'unknown flag: --foo'],
    [['greet', '--foo=1'], 'unknown flag: --foo'],
    [['greet', '-x'], "unknown shorthand flag: 'x' in -x"],
    [['greet', '-lxy'], "unknown shorthand flag: 'x' in -xy"],
    [['greet', '--name'], 'flag needs an argument: --name'],
    [['greet', '-ln'], "flag needs an argument: 'n' in -n"],
    [['greet', '-w', 'abc'], 'invalid argument "abc" for "-w, --wait" flag: time: invalid duration "abc"'],
    [['greet', '-c', 'x'], 'invalid argument "x" for "-c, --count" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [['greet', '--loud=x'], 'invalid argument "x" for "-l, --loud" flag: strconv.ParseBool: parsing "x": invalid syntax'],
    [['greet', '---x'], 'bad flag syntax: ---x'],
    [['greet', '--=x'], 'bad flag syntax: --=x'],
    [['none', 'x'], 'unknown command "x" for "tool none"'],
    [['two', 'x'], 'accepts 2 arg(s), received 1'],
    [['own', '-l', 'x'], 'not both'],
    [['need'], 'required flag(s) "store", "type" not set'],
    [['need', '--store', 's'], 'required flag(s) "type" not set'],
    [['together', '--a'], 'if any flags in the group [a b] are set they must all be set; missing [b]'],
    [['one'], 'at least one of the flags in the group [file url] is required'],
    [['one', '--url', '--file'], 'if any flags in the group [file url] are set none of the others can be; [file url] were all set'],
  ])('%j', async (argv, message) => {
    const { code, stderr, stdout } = await call(argv);
    expect(code).toBe(1);
    expect(stderr).toBe(`Error: ${message}\n`);
    expect(stdout).toBe('');
  });

  it.each([
    [['greet', '--foo'], 'CLI_FLAG_UNKNOWN'],
    [['greet', '-x'], 'CLI_SHORTHAND_UNKNOWN'],
    [['greet', '--name'], 'CLI_FLAG_VALUE_MISSING'],
    [['greet', '-c', 'x'], 'CLI_FLAG_VALUE_INVALID'],
    [['greet', '---x'], 'CLI_FLAG_SYNTAX'],
    [['none', 'x'], 'CLI_COMMAND_UNKNOWN'],
    [['zzzzzz'], 'CLI_COMMAND_UNKNOWN'],
    [['two', 'x'], 'CLI_ARGUMENTS_INVALID'],
    [['need'], 'CLI_FLAGS_REQUIRED'],
    [['together', '--a'], 'CLI_GROUP_INCOMPLETE'],
    [['one'], 'CLI_GROUP_EMPTY'],
    [['one', '--url', '--file'], 'CLI_GROUP_EXCLUSIVE'],
  ])('%j under the code %s', async (argv, code) => {
    let error: unknown;
    const fail = (failure: Failure) => {
      error = failure.error;
      return 7;
    };
    const deps = { terminal: fakeTerminal(), environment: fakeEnvironment() };
    expect(await runProgram({ ...tool({ calls: [], order: [] }), fail }, argv, deps)).toBe(7);
    expect(error).toMatchObject({ code, category: 'usage' });
  });

  it('an unknown command names where help is, and similar commands', async () => {
    expect((await call(['zzzzzz'])).stderr).toBe(`Error: unknown command "zzzzzz" for "tool"\nRun 'tool --help' for usage.\n`);
    expect((await call(['gret'])).stderr).toBe(
      `Error: unknown command "gret" for "tool"\n\nDid you mean this?\n\tgreet\n\nRun 'tool --help' for usage.\n`,
    );
  });

  it('a hidden command is never suggested', async () => {
    expect((await call(['signatur'])).stderr).not.toContain('Did you mean');
  });
});

describe('the order of evaluation', () => {
  it('finds the command when its flags stand before its name', async () => {
    const { invocation } = await call(['group', '--name', 'x', 'inner', 'y']);
    expect(invocation).toMatchObject({ path: 'tool group inner', args: ['y'] });
    expect(invocation?.options.name).toBe('x');
  });
  it('an unknown flag swallows the next word while the command is searched', async () => {
    expect((await call(['--name', 'greet', 'none'])).stderr).toContain('unknown flag: --name');
  });
  it('a flag error comes before help, and help before the check of arguments', async () => {
    expect((await call(['two', '--foo', '--help'])).stderr).toBe('Error: unknown flag: --foo\n');
    expect((await call(['two', '--help'])).code).toBe(0);
  });
  it('arguments are checked before any pre-run, required flags and groups after them', async () => {
    expect((await call(['two'])).order).toEqual([]);
    expect((await call(['need'])).order).toEqual(['root pre-run', 'pre-run']);
    expect((await call(['one'])).order).toEqual(['root pre-run', 'pre-run']);
  });
  it('a command that only groups others prints its help whatever follows', async () => {
    expect((await call(['group', 'foo'])).stdout).toContain('tool group [command]');
  });
  it('no argument prints the help of the root', async () => {
    const { code, stdout } = await call([]);
    expect(code).toBe(0);
    expect(stdout).toContain('Available Commands:');
  });
});

describe('help', () => {
  it('has the layout of the reference', async () => {
    expect((await call(['greet', '--help'])).stdout).toBe(`Greet

Usage:
  tool greet [flags] <who>

Aliases:
  greet, hi

Flags:
  -c, --count int          how often (default 1)
  -h, --help               help for greet
      --list strings       words, split at commas
  -l, --loud               shout
  -n, --name string        a name (default "nobody")
  -p, --pair stringArray   pairs, not split
  -t, --twice              say it twice
  -w, --wait duration      a pause

Global Flags:
  -v, --verbose   say more
`);
  });
  it('help COMMAND is COMMAND --help, and an unknown topic prints the usage on standard error', async () => {
    expect((await call(['help', 'greet'])).stdout).toBe((await call(['greet', '-h'])).stdout);
    const unknown = await call(['help', 'foo']);
    expect(unknown).toMatchObject({ code: 0, stdout: '' });
    expect(unknown.stderr).toMatch(/^Unknown help topic \[`foo`\]\nUsage:\n {2}tool \[command\]\n/);
  });
});

describe('completion', () => {
  const complete = async (...words: string[]) => (await call(['__complete', ...words])).stdout;
  it('names commands with their descriptions', async () => {
    expect(await complete('gr')).toBe('greet\tGreet\ngroup\tGroups\n:4\n');
  });
  it('names flags that are not given yet', async () => {
    expect(await complete('greet', '--l')).toBe('--list\twords, split at commas\n--loud\tshout\n:4\n');
    expect(await complete('greet', '--loud', '--lo')).toBe(':4\n');
  });
  it('leaves file names to the shell for values and arguments', async () => {
    expect(await complete('greet', '--name', '')).toBe(':0\n');
    expect(await complete('greet', '')).toBe(':0\n');
  });
  it('drops the other flags of an exclusive group', async () => {
    expect(await complete('one', '--file', '--u')).toBe(':4\n');
  });
  it('names required flags first', async () => {
    expect(await complete('need', '--')).toBe('--store\ts\n--type\tt\n:4\n');
  });
  it('prints a script for each shell that asks the program', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { code, stdout } = await call(['completion', shell]);
      expect(code).toBe(0);
      expect(stdout).toContain('__complete');
    }
    expect((await call(['completion', 'bash', 'x'])).stderr).toBe('Error: unknown command "x" for "tool completion bash"\n');
  });
});
