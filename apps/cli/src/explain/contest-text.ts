import type { ExplainedAttribute, ExplainedContribution, ExpressionStep } from '@adjoin/contracts';
import type { Io, Tone } from '../io.js';
import { section, table } from '../output/table.js';
import { valueText } from '../output/values.js';
import type { ObjectNames } from './object-names.js';

const SPECIAL: Record<Exclude<ExpressionStep['kind'], 'value' | 'error'>, string> = {
  null: 'NULL',
  ignore: 'IgnoreThisFlow',
  'authoritative-null': 'AuthoritativeNull',
};

/** The contest for one attribute: every contributor by precedence, and what each part of its expression gave. */
export function contestText(io: Io, shown: ExplainedAttribute, names: ObjectNames): string {
  const { attribute, contributions, result } = shown;
  const body = table(
    io,
    contributions,
    [
      { head: 'PREC', cell: (row) => row.precedence, right: true },
      { head: 'RULE', cell: (row) => row.rule.name },
      { head: 'FROM', cell: (row) => names.short(row.source) },
      { head: 'VERDICT', cell: (row) => row.verdict, tone: verdictTone },
      { head: 'VALUE', cell: (row) => (row.value === null ? null : valueText(attribute, row.value)) },
      { head: 'WHY', cell: (row) => row.reason },
    ],
    'No rule in scope flows to it.',
  );
  const value = result === null ? 'no value' : valueText(attribute, result);
  const title = `Attribute ${attribute} of ${names.long(shown.object)}, ${shown.direction}`;
  return section(io, title, `${value}\n${body}${contributions.map((one) => stepsText(io, attribute, one)).join('')}`);
}

function verdictTone({ verdict }: ExplainedContribution): Tone {
  if (verdict === 'won' || verdict === 'merged') return 'good';
  return verdict === 'error' ? 'bad' : 'dim';
}

/** Parts of an expression as they were evaluated, the whole last. */
function stepsText(io: Io, attribute: string, { rule, flow, steps }: ExplainedContribution): string {
  if (steps.length === 0) return '';
  const lines = table(
    io,
    steps,
    [
      { head: 'PART', cell: (row) => row.text },
      {
        head: 'VALUE',
        cell: (row) => stepValue(attribute, row),
        tone: (row) => (row.kind === 'error' ? 'bad' : 'plain'),
      },
    ],
    '',
  );
  return `\n  ${io.paint('bold', rule.name)}: ${flow}\n${lines.replace(/^/gm, '    ').trimEnd()}\n`;
}

function stepValue(attribute: string, { kind, value, message }: ExpressionStep): string {
  if (kind === 'error') return `failed: ${message ?? ''}`;
  if (kind !== 'value' || value === null) return SPECIAL[kind === 'value' ? 'null' : kind];
  return typeof value === 'string' ? JSON.stringify(value) : valueText(attribute, value);
}
