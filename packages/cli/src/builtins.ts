// SPDX-License-Identifier: Apache-2.0
/** The commands that every program has: `help` and `completion`. */
import type { ProgramDeps } from './program.ts';
import type { Command, Flags, Invocation, Program } from './table.ts';

const SHELLS = ['bash', 'fish', 'powershell', 'zsh'] as const;
export type Shell = (typeof SHELLS)[number];

const completionFlags = { 'no-descriptions': { type: 'bool', usage: 'disable completion descriptions' } } as const satisfies Flags;

/** The program's root with `help` and `completion` below it. */
export function withBuiltins<D extends ProgramDeps>(program: Program<D>): Command<D> {
  const { root } = program;
  if (root.commands === undefined) return root;
  const extended: Command<D> = {
    ...root,
    commands: [...root.commands, helpCommand(program, () => extended), completionCommand(program)],
  };
  return extended;
}

function helpCommand<D extends ProgramDeps>(program: Program<D>, root: () => Command<D>): Command<D> {
  const { name } = program.root;
  return {
    name: 'help',
    use: '[command]',
    short: 'Help about any command',
    long: `Help provides help for any command in the application.\nSimply type ${name} help [path to command] for full details.`,
    load: async () => {
      const { runHelp } = await import('./help/command.ts');
      return { run: (invocation, deps) => runHelp(program, root(), invocation, deps) };
    },
  };
}

function completionCommand<D extends ProgramDeps>(program: Program<D>): Command<D> {
  const { name } = program.root;
  return {
    name: 'completion',
    short: 'Generate the autocompletion script for the specified shell',
    long: `Generate the autocompletion script for ${name} for the specified shell.\nSee each sub-command's help for details on how to use the generated script.\n`,
    args: 'none',
    commands: SHELLS.map((shell) => shellCommand(program, shell)),
  };
}

function shellCommand<D extends ProgramDeps>(program: Program<D>, shell: Shell): Command<D> {
  const { name } = program.root;
  return {
    name: shell,
    short: `Generate the autocompletion script for ${shell}`,
    long: LONG[shell](name),
    args: 'none',
    completeArgs: 'none',
    ...(shell === 'bash' ? { noFlagsInUseLine: true } : {}),
    flags: completionFlags,
    load: async () => {
      const { completionScript } = await import('./completion/scripts.ts');
      return {
        run: async ({ path, options }: Invocation, deps) => {
          const script = completionScript(shell, name, options.noDescriptions ? 'without' : 'with');
          if (options.json === true && program.printJson) await program.printJson(path, { shell, script }, deps);
          else deps.terminal.out(script);
        },
      };
    },
  };
}

const LONG: { readonly [S in Shell]: (name: string) => string } = {
  bash: (name) => `Generate the autocompletion script for the bash shell.

This script depends on the 'bash-completion' package.
If it is not installed already, you can install it via your OS's package manager.

To load completions in your current shell session:

	source <(${name} completion bash)

To load completions for every new session, execute once:

#### Linux:

	${name} completion bash > /etc/bash_completion.d/${name}

#### macOS:

	${name} completion bash > $(brew --prefix)/etc/bash_completion.d/${name}

You will need to start a new shell for this setup to take effect.
`,
  zsh: (name) => `Generate the autocompletion script for the zsh shell.

If shell completion is not already enabled in your environment you will need
to enable it.  You can execute the following once:

	echo "autoload -U compinit; compinit" >> ~/.zshrc

To load completions in your current shell session:

	source <(${name} completion zsh)

To load completions for every new session, execute once:

#### Linux:

	${name} completion zsh > "\${fpath[1]}/_${name}"

#### macOS:

	${name} completion zsh > $(brew --prefix)/share/zsh/site-functions/_${name}

You will need to start a new shell for this setup to take effect.
`,
  fish: (name) => `Generate the autocompletion script for the fish shell.

To load completions in your current shell session:

	${name} completion fish | source

To load completions for every new session, execute once:

	${name} completion fish > ~/.config/fish/completions/${name}.fish

You will need to start a new shell for this setup to take effect.
`,
  powershell: (name) => `Generate the autocompletion script for powershell.

To load completions in your current shell session:

	${name} completion powershell | Out-String | Invoke-Expression

To load completions for every new session, add the output of the above command
to your powershell profile.
`,
};
