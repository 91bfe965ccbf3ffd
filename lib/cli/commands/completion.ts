/** `autopara completion`: a script that lets a shell complete commands, options and choices. */
import { Argument, type Command, type Option } from 'commander'
import { calculatorNames, initializerNames } from '../../index.js'

/** Names that an option may take beside others (a module's export, a file). */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '--calculator': calculatorNames,
  '--initializer': initializerNames,
}

/** Adds the command. It describes the commands that `program` has when it runs. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nExamples:\n  autopara completion bash >> ~/.bashrc\n  autopara completion zsh >> ~/.zshrc\n  autopara completion fish > ~/.config/fish/completions/autopara.fish',
    )
    .action((shell: string) => {
      process.stdout.write(shell === 'fish' ? fishScript(program.commands) : bashScript(program.commands, shell))
    })
}

/** The flags of an option: `-o` and `--output`. */
function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined)
}

function namesOf({ long }: Option): readonly string[] | undefined {
  return long == null ? undefined : NAMES[long]
}

/** One script for bash, and for zsh with its emulation. */
function bashScript(commands: readonly Command[], shell: string): string {
  const cases = commands.map((command) => {
    const flags = [...command.options.flatMap(flagsOf), '--help']
    const choices = command.options
      .map((option) => ({ flags: flagsOf(option), words: option.argChoices ?? namesOf(option) }))
      .filter(({ words }) => words !== undefined)
      .map(({ flags, words }) => `      ${flags.join('|')}) words='${words?.join(' ')}' ;;`)
    return `  ${command.name()})
    words='${flags.join(' ')}'
    case "$previous" in
${choices.join('\n') || '      *) ;;'}
    esac ;;`
  })
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_autopara() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map((command) => command.name()).join(' ')} --help --version' -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _autopara autopara
`
}

function fishScript(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const inside = `-n '__fish_seen_subcommand_from ${command.name()}'`
    return [
      `complete -c autopara -n __fish_use_subcommand -f -a ${command.name()} -d ${quoted(command.description())}`,
      ...command.options.map((option) => {
        const { short, long, description, argChoices, required, optional } = option
        const names = namesOf(option)
        return [
          `complete -c autopara ${inside}`,
          short ? `-s ${short.slice(1)}` : '',
          long ? `-l ${long.slice(2)}` : '',
          argChoices ? `-x -a ${quoted(argChoices.join(' '))}` : required || optional ? '-r' : '',
          names ? `-a ${quoted(names.join(' '))}` : '',
          `-d ${quoted(description)}`,
        ]
          .filter((part) => part !== '')
          .join(' ')
      }),
    ]
  })
  return `${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
