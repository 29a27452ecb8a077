import { InvalidArgumentError, type Command } from 'commander';
import { compareScopes, type ScopeComparison } from '../ad/compare-scopes.js';
import { adConnectors } from '../ad/connector-file.js';
import { EXIT } from '../exit-code.js';
import type { Outcome } from '../outcome.js';
import { facts, section, table } from '../output/table.js';
import type { Session } from '../session.js';

/** Containers shown to people; the JSON document has all of them. */
const SHOWN_CONTAINERS = 15;

interface ScopeOptions {
  readonly config?: string;
  readonly against?: string;
  readonly atMost?: number;
}

/** `adjoin ad scope` */
export function addAdScope(ad: Command, session: Session): void {
  ad.command('scope [connector]')
    .description(
      'count what a changed connector file does before it is used: how many objects leave the scope, enter it and stay; nothing is changed',
    )
    .option('--config <file>', 'connector file as it is to be; ADJOIN_CONFIG when absent')
    .option('--against <file>', 'connector file as it is now; without it everything in scope counts as entering')
    .option('--at-most <number>', 'end with 3 when more objects than this leave', whole)
    .action(
      session.action(async (name: string | undefined, options: ScopeOptions, _command: Command) => {
        const wanted = adConnectors(options.config ?? session.env['ADJOIN_CONFIG'], name);
        const now = options.against === undefined ? [] : adConnectors(options.against, undefined);
        const compared: { connector: string; domains: readonly ScopeComparison[] }[] = [];
        for (const after of wanted) {
          const before = now.find((one) => one.name === after.name);
          compared.push({ connector: after.name, domains: await compareScopes(before, after, session.signal) });
        }
        return outcome(session, compared, options.atMost);
      }),
    );
}

function whole(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`${text} is no number of objects.`);
}

function outcome(
  session: Session,
  connectors: readonly { readonly connector: string; readonly domains: readonly ScopeComparison[] }[],
  atMost: number | undefined,
): Outcome {
  const domains = connectors.flatMap((one) => one.domains);
  const leaving = domains.reduce((all, domain) => all + sum(domain.leaving), 0);
  const tooMany = atMost !== undefined && leaving > atMost;
  const text = domains.map((domain) => domainText(session, domain)).join('\n');
  const verdict = tooMany ? `\n${String(leaving)} objects leave, more than ${String(atMost)}.\n` : '';
  return { json: { leaving, connectors }, text: `${text}${verdict}`, exit: tooMany ? EXIT.held : EXIT.ok };
}

function domainText({ io }: Session, comparison: ScopeComparison): string {
  const { domain, leaving, entering, staying, losing, missing } = comparison;
  const head = facts(io, [
    ['leave', `${String(sum(leaving))}${byType(leaving)}`],
    ['enter', `${String(sum(entering))}${byType(entering)}`],
    ['stay', `${String(sum(staying))}${byType(staying)}`],
    ...missing.map((dn) => ['does not exist', dn] as const),
  ]);
  const containers = table(
    io,
    losing.slice(0, SHOWN_CONTAINERS),
    [
      { head: 'CONTAINER', cell: ({ dn }) => dn },
      { head: 'LEAVE', cell: ({ objects }) => objects, right: true },
    ],
    'no objects',
  );
  return `${io.paint('bold', domain)}\n${head}${losing.length === 0 ? '' : section(io, 'By container', containers)}`;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

function byType(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([type, count]) => `${type} ${String(count)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
