import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { SyncError } from '@adjoin/contracts';
import { evaluateJson, type Ambient } from '@adjoin/engine';
import { told } from '../outcome.js';
import type { Session } from '../session.js';

/** `adjoin expression` */
export function addExpression(program: Command, session: Session): void {
  program
    .command('expression')
    .description('expressions of rules')
    .command('eval')
    .description(
      'evaluate expressions from standard input: one JSON object {expression, attributes, imported, parameters, now}, or an array of them',
    )
    .action(
      session.action(async (_options: object, _command: Command) => {
        const input = parseInput(await session.io.readInput());
        const ambient: Ambient = { now: new Date(), random: Math.random, newGuid: randomUUID };
        const answers = Array.isArray(input)
          ? input.map((one) => evaluateJson(one, ambient))
          : evaluateJson(input, ambient);
        return told(answers, JSON.stringify(answers, null, 2));
      }),
    );
}

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SyncError('ADJ-CLI-6002', `Standard input is not JSON: ${reason}`, {
      cause,
      hint: 'Give one object, or an array of objects.',
    });
  }
}
