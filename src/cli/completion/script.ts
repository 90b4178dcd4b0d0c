import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'

const BASH = `# bash completion of lockstep:  source <(lockstep completion bash)
_lockstep() {
  local IFS=$'\\n'
  COMPREPLY=($(lockstep __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace
  # A colon ends a word in bash: what stands before it is there already.
  if [[ \${COMP_WORDS[COMP_CWORD]} == *:* || \${COMP_WORDS[COMP_CWORD-1]} == : ]] && declare -F __ltrim_colon_completions >/dev/null; then
    __ltrim_colon_completions "\${COMP_WORDS[COMP_CWORD]}"
  fi
}
complete -o default -F _lockstep lockstep
`

const ZSH = `#compdef lockstep
# zsh completion of lockstep:  source <(lockstep completion zsh)
_lockstep() {
  local -a found
  found=("\${(@f)$(lockstep __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ \${#found} -gt 0 && -n \${found[1]} ]] && compadd -a found || _files
}
compdef _lockstep lockstep
`

const FISH = `# fish completion of lockstep:  lockstep completion fish | source
function __lockstep_complete
  set -l words (commandline -opc) (commandline -ct)
  lockstep __complete -- $words[2..-1] 2>/dev/null
end
complete -c lockstep -f -a '(__lockstep_complete)'
`

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH }

/** `completion SHELL`: the script that the shell is to read. */
export async function printCompletionScript(context: CommandContext): Promise<number> {
  const shell = context.args[0] ?? ''
  const script = SCRIPTS[shell]
  if (script === undefined) {
    throw new CliError(`there is no completion for "${shell}"`, { hint: 'bash, zsh or fish' })
  }
  context.io.out(script)
  return 0
}
