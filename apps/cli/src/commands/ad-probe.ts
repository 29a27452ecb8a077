import type { Command } from 'commander';
import type { AdConnectorConfig } from '@adjoin/contracts';
import { adConnectors } from '../ad/connector-file.js';
import { probeConnector, type DomainProbe } from '../ad/probe-connector.js';
import { told } from '../outcome.js';
import { facts, section, table } from '../output/table.js';
import type { Session } from '../session.js';

/** Containers shown to people; the JSON document has all of them. */
const SHOWN_CONTAINERS = 15;

/** `adjoin ad probe` */
export function addAdProbe(ad: Command, session: Session): void {
  ad.command('probe [connector]')
    .description(
      'read versions, functional levels and the number of objects by type and container, and estimate the first synchronization',
    )
    .option('--config <file>', 'connector file; ADJOIN_CONFIG when absent')
    .action(
      session.action(async (connector: string | undefined, options: { config?: string }, _command: Command) => {
        const wanted = adConnectors(options.config ?? session.env['ADJOIN_CONFIG'], connector);
        const probes = await Promise.all(wanted.map((one) => probeOne(one, session.signal)));
        const text = probes.flatMap(({ domains }) => domains.map((domain) => domainText(session, domain))).join('\n');
        return told({ connectors: probes }, text);
      }),
    );
}

async function probeOne(
  connector: AdConnectorConfig,
  signal: AbortSignal,
): Promise<{ connector: string; domains: readonly DomainProbe[] }> {
  return { connector: connector.name, domains: await probeConnector(connector, signal) };
}

function domainText({ io }: Session, { domain, server, facts: known, census, estimate }: DomainProbe): string {
  const { functionalLevel: level, exchange } = known;
  const head = facts(io, [
    ['server', `${server}${known.host === undefined ? '' : ` (${known.host})`}, ${known.product}`],
    ['schema version', known.schemaVersion],
    [
      'functional level',
      `forest ${shown(level.forest)}, domain ${shown(level.domain)}, server ${shown(level.domainController)}`,
    ],
    ['Exchange schema', exchange.attributes ? `yes, version ${shown(exchange.schemaVersion)}` : 'no'],
    ['mS-DS-ConsistencyGuid', known.consistencyGuid ? 'in the schema' : 'missing'],
    ['recycle bin', known.recycleBin ? 'on' : 'off'],
    ['DirSync', known.dirSync ? 'offered' : 'not offered'],
    [
      'objects',
      `${String(census.objects)}, containers ${String(census.containers)}, system objects ${String(census.systemObjects)} (never synchronized)`,
    ],
    [
      'first sync',
      `${String(estimate.objects)} objects: reading ${duration(estimate.readSeconds)}, writing ${duration(estimate.exportSeconds)} at what the service takes (7,000 writes in 5 minutes)`,
    ],
  ]);
  const types = table(
    io,
    Object.entries(census.byType).sort(([, a], [, b]) => b - a),
    [
      { head: 'TYPE', cell: ([type]) => type },
      { head: 'OBJECTS', cell: ([, count]) => count, right: true },
      { head: 'IN SCOPE', cell: ([type]) => census.inScope[type] ?? 0, right: true },
    ],
    'no objects',
  );
  const containers = table(
    io,
    census.byContainer.slice(0, SHOWN_CONTAINERS),
    [
      { head: 'CONTAINER', cell: ({ dn }) => dn },
      { head: 'OBJECTS', cell: ({ objects }) => objects, right: true },
    ],
    'no objects',
  );
  return `${io.paint('bold', domain)}\n${head}${section(io, 'By type', types)}${section(io, 'By container', containers)}`;
}

const shown = (value: number | undefined): string => (value === undefined ? 'unknown' : String(value));

function duration(seconds: number): string {
  if (seconds < 90) return `about ${String(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `about ${String(minutes)} min` : `about ${(minutes / 60).toFixed(1)} h`;
}
