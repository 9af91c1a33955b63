/** `parley completion`: scripts for shells, made of the one table of commands. */
import type { Command } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley completion bash|zsh|fish

Prints a script by which the shell completes commands and options:

  bash  source <(parley completion bash)        in ~/.bashrc
  zsh   source <(parley completion zsh)         in ~/.zshrc, behind compinit
  fish  parley completion fish > ~/.config/fish/completions/parley.fish

  -h, --help  print this
`;

type Table = ReadonlyMap<string, Command>;

const shells: ReadonlyMap<string, (all: [string, Command][]) => string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

export function completion(args: readonly string[], commands: Table): number {
  const { words, places } = readOptions(args, { places: 1 });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const shell = shells.get(places[0] ?? '');
  if (shell === undefined) throw new UsageError(`completion needs one of ${[...shells.keys()].join(', ')}`);
  process.stdout.write(shell([...commands]));
  return exitCodes.done.code;
}

/** All options of a command, those of settings too, with their dashes. */
function optionsOf({ words = [], values = {}, settings }: Command): string[] {
  return ['help', ...words, ...Object.keys(values), ...settings].map((name) => `--${name}`);
}

function bash(all: [string, Command][]): string {
  const cases = all.map(([name, command]) => {
    const list = [...(command.what ?? []), ...optionsOf(command)].join(' ');
    return `    ${name}) words='${list}'; files=${command.files ? 1 : 0} ;;`;
  });
  const values = all.flatMap(([name, { values = {} }]) =>
    Object.entries(values).map(([option, list]) => {
      const given = typeof list === 'string' ? '' : list.join(' ');
      return `    '${name} --${option}') words='${given}'; files=${list === 'file' ? 1 : 0} ;;`;
    }),
  );
  return `# bash completion of parley: source <(parley completion bash)
_parley() {
  local word=\${COMP_WORDS[COMP_CWORD]} words='' files=0
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${all.map(([name]) => name).join(' ')} --help --version' -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
    *' --data') words=''; files=1 ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [ "$files" -eq 1 ]; then COMPREPLY+=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _parley parley
`;
}

function zsh(all: [string, Command][]): string {
  const described = all.map(([name, { summary }]) => `    '${name}:${quoted(summary)}'`);
  const cases = all.map(([name, command]) => {
    const { what = [], words = [], values = {}, settings, files } = command;
    const lines = [
      ...['help', ...words].map((word) => `'--${word}'`),
      ...Object.entries(values).map(([option, list]) => {
        const action = list === 'file' ? '_files' : list === 'any' ? ' ' : `(${list.join(' ').replaceAll(':', '\\:')})`;
        return `'--${option}:${option}:${action}'`;
      }),
      ...settings.map((flag) => `'--${flag}:${flag}:${flag === 'data' ? '_files -/' : ' '}'`),
      ...(what.length > 0 ? [`'1:what:(${what.join(' ')})'`] : []),
      ...(files ? ["'*:file:_files'"] : []),
    ];
    return `    ${name}) _arguments ${lines.join(' ')} ;;`;
  });
  return `#compdef parley
# zsh completion of parley: source <(parley completion zsh)
_parley() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _parley parley
`;
}

function fish(all: [string, Command][]): string {
  const lines = all.flatMap(([name, { summary, what = [], words = [], values = {}, settings, files }]) => {
    const here = `complete -c parley -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c parley -n __fish_use_subcommand -a ${name} -d '${quoted(summary)}'`,
      ...(what.length > 0 ? [`${here} -a '${what.join(' ')}'`] : []),
      ...['help', ...words].map((word) => `${here} -l ${word}`),
      ...Object.entries(values).map(([option, list]) => {
        const given = list === 'file' ? ' -F' : list === 'any' ? '' : ` -a '${list.join(' ')}'`;
        return `${here} -l ${option} -x${given}`;
      }),
      ...settings.map((flag) => `${here} -l ${flag} -r`),
      ...(files ? [`${here} -F`] : []),
    ];
  });
  return `# fish completion of parley: parley completion fish > ~/.config/fish/completions/parley.fish
complete -c parley -f
${lines.join('\n')}
`;
}

/** Within single quotes of a shell. */
function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}
