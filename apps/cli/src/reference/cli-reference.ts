import type { EventEmitter } from 'node:events';
import type { Command } from 'commander';

const HEAD = `# Command line

This page is made from the code by \`npm run docs -w @adjoin/cli\`; do not edit it.

\`npx adjoin ...\` works in the repository root after \`npm run build\`, \`npm run demo\` or \`npm test\`.

- Every command takes \`--json\`: one JSON document on standard output, logs on standard error. A failure is \`{"error": {"code", "message", "hint"}}\`.
- Exit codes: 0 done, 1 failed, 2 wrong use or unreadable input, 3 done but something is held or left out.
- Commands that ask the control-plane find it at \`ADJOIN_URL\` (default \`http://127.0.0.1:7400\`, the local stack) and send the token in \`ADJOIN_TOKEN\`. \`ADJOIN_OPERATOR\` is the name in the audit trail, by default the user of the operating system.
- Objects are named by DN, objectGUID, userPrincipalName, source anchor or internal id.
- Lists give \`{"items": [...], "next"}\`; \`next\` is the \`--cursor\` of the following page, null on the last.
- Colours appear on a terminal only; \`NO_COLOR\` turns them off.
`;

/** All commands as Markdown, in the order of the help. */
export function cliReference(program: Command): string {
  return `${HEAD}\n${leaves(program, ['adjoin']).join('\n')}`;
}

function leaves(command: Command, path: readonly string[]): string[] {
  return command.commands.flatMap((child) => {
    const own = [...path, child.name()];
    return child.commands.length > 0 ? leaves(child, own) : [section(child, own)];
  });
}

function section(command: Command, path: readonly string[]): string {
  const args = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const options = command.options.length > 0 ? ['[options]'] : [];
  const choices = command.registeredArguments.flatMap((argument) =>
    argument.argChoices === undefined
      ? []
      : [`\`${argument.name()}\`: ${argument.argChoices.map((choice) => `\`${choice}\``).join(', ')}`],
  );
  const rows = command.options.map((option) => `| \`${escaped(option.flags)}\` | ${escaped(about(option))} |`);
  return [
    `## ${path.slice(1).join(' ')}`,
    '',
    `\`${[...path, ...args, ...options].join(' ')}\``,
    '',
    `${sentence(command.description())}${afterText(command)}`,
    ...choices.map((line) => `\n${line}`),
    ...(rows.length === 0 ? [] : ['', '| option | |', '| --- | --- |', ...rows]),
    '',
  ].join('\n');
}

function about(option: Command['options'][number]): string {
  const parts = [option.description];
  if (option.argChoices !== undefined) parts.push(`one of ${option.argChoices.join(', ')}`);
  if (option.defaultValue !== undefined) parts.push(`default ${String(option.defaultValue)}`);
  if (option.mandatory) parts.push('required');
  return parts.join('; ');
}

const escaped = (text: string): string => text.replace(/\|/g, '\\|');
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** What the help says behind the options, such as exit codes. */
function afterText(command: Command): string {
  let text = '';
  const context = { error: false, command, write: (more: string) => (text += more) };
  // commander hands these texts out by its `afterHelp` event only; its types leave the emitter out.
  (command as unknown as EventEmitter).emit('afterHelp', context);
  return text.trim() === '' ? '' : ` ${text.trim()}`;
}
