import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { SyncError } from '@adjoin/contracts';
import { evaluateJson, functionCatalogue, type Ambient } from '@adjoin/engine';
import { nearestName } from '@adjoin/rule-files';
import { parseExactJson } from '../expression/exact-json.js';
import { told } from '../outcome.js';
import { table } from '../output/table.js';
import type { Session } from '../session.js';

/** `adjoin expression` */
export function addExpression(program: Command, session: Session): void {
  const expression = program.command('expression').description('expressions of rules');
  addEval(expression, session);
  addFunctions(expression, session);
}

function addEval(expression: Command, session: Session): void {
  expression
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
    return parseExactJson(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SyncError('ADJ-CLI-6002', `Standard input is not JSON: ${reason}`, {
      cause,
      hint: 'Give one object, or an array of objects.',
    });
  }
}

function addFunctions(expression: Command, session: Session): void {
  expression
    .command('functions [prefix]')
    .description('functions that expressions may use, all or those that begin with a text, with signatures')
    .action(
      session.action(async (prefix: string | undefined, _options: object, _command: Command) => {
        const wanted = (prefix ?? '').toLowerCase();
        const all = functionCatalogue();
        const names = (entry: (typeof all)[number]): readonly string[] => [entry.name, ...(entry.aliases ?? [])];
        const found = all.filter((entry) => names(entry).some((name) => name.toLowerCase().startsWith(wanted)));
        if (found.length === 0) throw unknownFunction(prefix ?? '', all.flatMap(names));
        const text = table(
          session.io,
          found,
          [
            { head: 'SIGNATURE', cell: (row) => row.signature },
            { head: 'MEANING', cell: (row) => row.summary },
          ],
          '',
        );
        return told({ functions: found }, text);
      }),
    );
}

function unknownFunction(prefix: string, names: readonly string[]): SyncError {
  const near = nearestName(prefix, names);
  return new SyncError('ADJ-CLI-6001', `No function begins with ${prefix}.`, {
    hint: near === undefined ? 'See `adjoin expression functions`.' : `Did you mean "${near}"?`,
  });
}
