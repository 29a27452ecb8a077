import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** One place in the command tree: the words typed so far, and what may come next. */
interface Place {
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly about: string }[];
}

function placesOf(command: Command, path: readonly string[]): Place[] {
  const subcommands = command.commands.map((child) => ({ word: child.name(), about: child.description() }));
  const options = command.options.flatMap((option) =>
    option.long === undefined ? [] : [{ word: option.long, about: option.description }],
  );
  const choices = command.registeredArguments[0]?.argChoices?.map((word) => ({ word, about: '' })) ?? [];
  const own = {
    path: path.join(' '),
    words: [...subcommands, ...choices, ...options.filter(({ word }) => word !== '--json')],
  };
  return [own, ...command.commands.flatMap((child) => placesOf(child, [...path, child.name()]))];
}

/** Script that completes subcommands, fixed arguments and options; made from the command tree, so it never misses one. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, []);
  switch (shell) {
    case 'bash':
      return bash(places);
    case 'zsh':
      return zsh(places);
    case 'fish':
      return fish(places);
  }
}

const wordsOf = (place: Place): string => [...place.words.map(({ word }) => word), '--json', '--help'].join(' ');

/** `path` = the words before the cursor that are subcommands. */
function bash(places: readonly Place[]): string {
  const cases = places.map((place) => `    "${place.path}") words="${wordsOf(place)}" ;;`).join('\n');
  const names = places.map((place) => `"${place.path}"`).join('|');
  return `# bash completion for adjoin
_adjoin() {
  local path="" next words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${names}) path="$next" ;;
    esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _adjoin adjoin
`;
}

function zsh(places: readonly Place[]): string {
  const cases = places.map((place) => `    "${place.path}") list=(${wordsOf(place)}) ;;`).join('\n');
  const names = places.map((place) => `"${place.path}"`).join('|');
  return `#compdef adjoin
_adjoin() {
  local -a list
  local place="" next i
  for ((i = 2; i < CURRENT; i++)); do
    next="\${place:+$place }\${words[i]}"
    case "$next" in
      ${names}) place="$next" ;;
    esac
  done
  case "$place" in
${cases}
  esac
  compadd -a list
}
compdef _adjoin adjoin
`;
}

function fish(places: readonly Place[]): string {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, (char) => `\\${char}`)}'`;
  const lines = places.flatMap((place) =>
    place.words.map(({ word, about }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      const seen = place.path === '' ? '__fish_use_subcommand' : `__adjoin_at ${place.path}`;
      return `complete -c adjoin -f -n ${quote(seen)} ${what} -d ${quote(about)}`;
    }),
  );
  return `# fish completion for adjoin
function __adjoin_at
  set -l words (commandline -opc)[2..-1]
  set -l at (string match -v -- '-*' $words)
  test "$at[1..(count $argv)]" = "$argv"
end
complete -c adjoin -l json -d 'one JSON document on standard output'
${lines.join('\n')}
`;
}
