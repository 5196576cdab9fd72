// SPDX-License-Identifier: Apache-2.0
/** Shell scripts that ask the executable itself what can follow: they hold no knowledge of commands and never go stale. */
import type { Shell } from '../builtins.ts';

type Descriptions = 'with' | 'without';

/** The script for a shell. */
export function completionScript(shell: Shell, program: string, descriptions: Descriptions): string {
  const request = descriptions === 'with' ? '__complete' : '__completeNoDesc';
  const fn = program.replace(/[^A-Za-z0-9]/g, '_');
  return SCRIPTS[shell]({ program, fn, request });
}

interface Names {
  readonly program: string;
  /** The program's name as part of a function's name. */
  readonly fn: string;
  readonly request: string;
}

const SCRIPTS: { readonly [S in Shell]: (names: Names) => string } = { bash, zsh, fish, powershell };

/** Bash splits words at `=` and `:`; bash-completion, where installed, undoes it. Bash itself shows no descriptions. */
function bash({ program, fn }: Names): string {
  return `# bash completion for ${program}                             -*- shell-script -*-

__${fn}_complete() {
    local cur cword words reply directive line
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n "=:" cur words cword
    else
        words=("\${COMP_WORDS[@]}")
        cword=$COMP_CWORD
        cur=\${words[cword]}
    fi
    COMPREPLY=()
    reply=$("\${words[0]}" __completeNoDesc "\${words[@]:1:cword}" 2>/dev/null) || return
    directive=\${reply##*:}
    reply=\${reply%:*}
    [[ $directive =~ ^[0-9]+$ ]] || return
    (( directive & 1 )) && return
    if (( directive & 2 )); then compopt -o nospace 2>/dev/null; fi
    if (( directive & 4 )); then compopt +o default 2>/dev/null; fi
    if (( directive & 16 )); then
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$cur")
        return
    fi
    local value=$cur
    [[ $cur == --*=* ]] && value=\${cur#*=}
    while IFS= read -r line; do
        [[ -n $line && $line == "$value"* ]] && COMPREPLY+=("$line")
    done <<< "$reply"
    if declare -F __ltrim_colon_completions >/dev/null; then
        __ltrim_colon_completions "$cur"
    fi
}

complete -o default -F __${fn}_complete ${program}
`;
}

function zsh({ program, fn, request }: Names): string {
  return `#compdef ${program}
compdef _${fn} ${program}

# zsh completion for ${program}                             -*- shell-script -*-

_${fn}() {
    local reply directive line value description prefix
    local -a lines candidates
    reply=$("\${(Q)words[1]}" ${request} "\${(Q@)words[2,CURRENT]}" 2>/dev/null) || return 1
    lines=("\${(@f)reply}")
    directive=\${lines[-1]#:}
    lines[-1]=()
    [[ $directive == <-> ]] || return 1
    (( directive & 1 )) && return 1
    if [[ $PREFIX == --*=* ]]; then
        compset -P '*='
    fi
    for line in $lines; do
        value=\${line%%$'\\t'*}
        description=\${line#*$'\\t'}
        value=\${value//:/\\\\:}
        if [[ $line == *$'\\t'* ]]; then
            candidates+=("$value:$description")
        else
            candidates+=("$value")
        fi
    done
    if (( directive & 16 )); then
        _files -/
    elif (( \${#candidates} )); then
        if (( directive & 2 )); then
            _describe -V completions candidates -S ''
        else
            _describe -V completions candidates
        fi
    elif (( ! (directive & 4) )); then
        _files
    fi
}

# Sourced rather than autoloaded: the function must not run now.
if [ "$funcstack[1]" = "_${fn}" ]; then
    _${fn}
fi
`;
}

function fish({ program, fn, request }: Names): string {
  return `# fish completion for ${program}                             -*- shell-script -*-

function __${fn}_ask
    set -l words (commandline -opc)
    set -l partial (commandline -ct)
    set -e __${fn}_reply
    set -g __${fn}_directive 1
    set -l reply ($words[1] ${request} $words[2..-1] "$partial" 2>/dev/null)
    test (count $reply) -gt 0; or return 1
    set -g __${fn}_directive (string replace -r '^:' '' -- $reply[-1])
    set -g __${fn}_reply $reply[1..-2]
    return 0
end

function __${fn}_has_candidates
    __${fn}_ask; or return 1
    test (count $__${fn}_reply) -gt 0
end

function __${fn}_wants_files
    __${fn}_ask; or return 0
    test (count $__${fn}_reply) -eq 0; and test (math "bitand($__${fn}_directive, 5)") -eq 0
end

complete -c ${program} -e
complete -c ${program} -n 'not __${fn}_wants_files' -f
complete -c ${program} -n __${fn}_has_candidates -f -a '$__${fn}_reply'
complete -c ${program} -n __${fn}_wants_files -F
`;
}

function powershell({ program, fn, request }: Names): string {
  return `# powershell completion for ${program}                             -*- shell-script -*-

[scriptblock]$\{__${fn}CompleterBlock} = {
    param($WordToComplete, $CommandAst, $CursorPosition)
    $words = @($CommandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $CursorPosition } | ForEach-Object { "$_" })
    $arguments = @($words | Select-Object -Skip 1)
    if ($WordToComplete -eq '' -or $arguments.Count -eq 0 -or $arguments[-1] -ne $WordToComplete) { $arguments += $WordToComplete }
    # An empty argument is lost on its way to a program before PowerShell 7.3.
    $arguments = @($arguments | ForEach-Object { if ($_ -eq '' -and $PSVersionTable.PSVersion -lt [version]'7.3.0') { '""' } else { $_ } })
    $reply = @(& $words[0] ${request} @arguments 2>$null)
    if ($reply.Count -eq 0) { return }
    $directive = [int]($reply[-1].TrimStart(':'))
    $candidates = @($reply | Select-Object -SkipLast 1)
    if ($candidates.Count -eq 0) {
        if (($directive -band 4) -ne 0) { '' }
        return
    }
    $space = if (($directive -band 2) -ne 0) { '' } else { ' ' }
    foreach ($candidate in $candidates) {
        $value, $description = $candidate.Split("\`t", 2)
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new("$value$space", $value, 'ParameterValue', $description)
    }
}

Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock $\{__${fn}CompleterBlock}
`;
}
