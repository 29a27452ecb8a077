import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion/completion-script.js';
import { told } from '../outcome.js';
import type { Session } from '../session.js';

/** `adjoin completion` */
export function addCompletion(program: Command, session: Session): void {
  program
    .command('completion')
    .description('print the completion script of a shell, e.g. `source <(adjoin completion bash)`')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action(
      session.action(async (shell: Shell, _options: object, _command: Command) => {
        const script = completionScript(program, shell);
        return told({ shell, script }, script);
      }),
    );
}
