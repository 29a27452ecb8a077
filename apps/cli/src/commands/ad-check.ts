import { InvalidArgumentError, type Command } from 'commander';
import type { FeatureCheck, FeatureName } from '@adjoin/ad-ldap';
import { checkConnector, type ConnectorCheck, type ServerCheck } from '../ad/check-connector.js';
import { adConnectors } from '../ad/connector-file.js';
import { EXIT } from '../exit-code.js';
import type { Tone } from '../io.js';
import type { Outcome } from '../outcome.js';
import { facts, section, table } from '../output/table.js';
import type { Session } from '../session.js';

const FEATURES: readonly FeatureName[] = [
  'import',
  'deletions',
  'password-hashes',
  'consistency-guid',
  'exchange-hybrid',
  'password-writeback',
];
const DEFAULT: readonly FeatureName[] = ['import', 'password-hashes'];

interface CheckOptions {
  readonly config?: string;
  readonly features: readonly FeatureName[];
}

/** `adjoin ad check` */
export function addAdCheck(ad: Command, session: Session): void {
  ad.command('check [connector]')
    .description(
      'sign in to every domain controller of the connector file and look at ports, certificate and rights, with the commands that grant what is lacking; ends with 1 when imports cannot work, with 3 when another feature asked for cannot',
    )
    .option('--config <file>', 'connector file; ADJOIN_CONFIG when absent')
    .option(
      '--features <list>',
      `features that must work beside what the connector writes back, of: ${FEATURES.join(', ')}`,
      featureList,
      DEFAULT,
    )
    .action(
      session.action(async (connector: string | undefined, options: CheckOptions, _command: Command) => {
        const wanted = adConnectors(options.config ?? session.env['ADJOIN_CONFIG'], connector);
        const checks: ConnectorCheck[] = [];
        for (const one of wanted)
          checks.push(await checkConnector(one, [...new Set([...options.features, ...(one.writeBack ?? [])])]));
        return outcome(session, checks);
      }),
    );
}

function featureList(text: string): readonly FeatureName[] {
  return text.split(',').map((part) => {
    const found = FEATURES.find((feature) => feature === part.trim());
    if (found === undefined) throw new InvalidArgumentError(`${part} is none of ${FEATURES.join(', ')}.`);
    return found;
  });
}

function outcome(session: Session, checks: readonly ConnectorCheck[]): Outcome {
  const states = checks.map(({ state }) => state);
  const exit = states.includes('failed') ? EXIT.failed : states.includes('lacking') ? EXIT.held : EXIT.ok;
  return { json: { connectors: checks }, text: checks.map((check) => connectorText(session, check)).join('\n'), exit };
}

const TONE: Readonly<Record<ConnectorCheck['state'] | FeatureCheck['state'], Tone>> = {
  passed: 'good',
  lacking: 'warn',
  failed: 'bad',
  granted: 'good',
  unknown: 'dim',
};

function connectorText({ io }: Session, check: ConnectorCheck): string {
  const head = `${io.paint('bold', check.connector)}  ${io.paint(TONE[check.state], check.state)}  account ${check.account}\n`;
  const failure = check.failure;
  const reason =
    failure === undefined ? '' : `${io.paint('bad', `error ${failure.code}`)} ${failure.message}\n${failure.hint}\n`;
  return head + reason + check.servers.map((server) => serverText(io, server)).join('');
}

function serverText(io: Session['io'], server: ServerCheck): string {
  const { certificate, failure } = server;
  const body = facts(io, [
    [
      'ports',
      server.ports.map(({ port, use, open }) => `${String(port)} ${open ? 'open' : 'closed'} (${use})`).join('; '),
    ],
    [
      'certificate',
      certificate === undefined
        ? 'none'
        : `${certificate.names.join(', ')}, until ${certificate.validTo.toISOString().slice(0, 10)} (${String(certificate.daysLeft)} days)`,
    ],
    ['signed in', server.signedIn],
    ...(failure === undefined ? [] : [['failure', `${failure.code} ${failure.message}`] as const]),
    ...server.warnings.map((warning) => ['warning', warning] as const),
  ]);
  const domains = server.domains.map(({ domain, features }) =>
    section(io, `Rights on ${domain}`, rightsText(io, features)),
  );
  return section(io, server.url, body) + domains.join('');
}

function rightsText(io: Session['io'], features: readonly FeatureCheck[]): string {
  const rows = table(
    io,
    features,
    [
      { head: 'FEATURE', cell: ({ feature }) => feature },
      { head: 'RIGHTS', cell: ({ state }) => state, tone: ({ state }) => TONE[state] },
      { head: 'LACKS', cell: ({ lacks }) => lacks.join(', ') },
      { head: 'NOTE', cell: ({ note }) => note },
    ],
    '',
  );
  const commands = new Set(features.flatMap((feature) => feature.commands));
  return commands.size === 0
    ? rows
    : `${rows}\nTo grant what is lacking:\n${[...commands].map((line) => `  ${line}\n`).join('')}`;
}
