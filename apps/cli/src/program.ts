import { Command } from 'commander';
import { addAd } from './commands/ad.js';
import { addCompletion } from './commands/completion.js';
import { addConnectors } from './commands/connectors.js';
import { addConnectorSpace } from './commands/connector-space.js';
import { addDeletions } from './commands/deletions.js';
import { addExplain, addPreview } from './commands/explain.js';
import { addExports } from './commands/exports.js';
import { addExpression } from './commands/expression.js';
import { addInit } from './commands/init.js';
import { addMetaverse } from './commands/metaverse.js';
import { addPasswords } from './commands/passwords.js';
import { addRules } from './commands/rules.js';
import { addRuns } from './commands/runs.js';
import { addSettings } from './commands/settings.js';
import { addStatus } from './commands/status.js';
import { addSimulator, addStack } from './commands/local-stack.js';
import type { Session } from './session.js';

/** The whole command line as a tree of commander commands; completion and docs/cli.md are made from it. */
export function buildProgram(session: Session): Command {
  const program = new Command('adjoin')
    .description('Directory synchronization from Active Directory to Microsoft Entra ID')
    .version('0.1.0')
    .option('--json', 'one JSON document on standard output, logs on standard error')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => session.io.out(text), writeErr: (text) => session.io.err(text) })
    .exitOverride();
  addStatus(program, session);
  addConnectors(program, session);
  addRuns(program, session);
  addConnectorSpace(program, session);
  addMetaverse(program, session);
  addExports(program, session);
  addDeletions(program, session);
  addPasswords(program, session);
  addSettings(program, session);
  addExplain(program, session);
  addPreview(program, session);
  addRules(program, session);
  addExpression(program, session);
  addAd(program, session);
  addInit(program, session);
  addSimulator(program, session);
  addStack(program, session);
  addCompletion(program, session);
  return program;
}
