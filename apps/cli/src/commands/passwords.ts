import type { Command } from 'commander';
import type { PasswordCheck, PasswordForest, PasswordUser } from '@adjoin/contracts';
import { untilDone } from '../client/until-done.js';
import type { Io, Tone } from '../io.js';
import { told } from '../outcome.js';
import { facts, section, table } from '../output/table.js';
import type { Session } from '../session.js';
import { wholeNumber } from './page-options.js';

interface ResyncOptions {
  readonly user?: string;
  readonly ou?: string;
  readonly forest?: string;
  readonly timeout: number;
}

/** `adjoin password` */
export function addPasswords(program: Command, session: Session): void {
  const password = program
    .command('password')
    .description('password hash synchronization: state and outcomes, never a hash');
  password
    .command('status [user]')
    .description('state of all forests, or of one user with every condition for sending the password')
    .addHelpText('after', '\nEnds with 3 when a condition is not met.')
    .action(
      session.action(async (user: string | undefined, _options: object, _command: Command) => {
        if (user !== undefined) {
          const shown = await session.client.call('passwordUser', { path: { object: user } });
          return told(shown, userText(session.io, shown), { held: failed(shown.checks) !== undefined });
        }
        const { forests } = await session.client.call('passwords');
        const text =
          forests.length === 0
            ? 'No forest has password hash synchronization.'
            : forests.map((forest) => forestText(session.io, forest)).join('\n');
        return told({ forests }, text, { held: forests.some(({ checks }) => failed(checks) !== undefined) });
      }),
    );
  password
    .command('resync')
    .description('send passwords anew: of a user, of all users below a container, or of a forest')
    .option('--user <name>', 'one user')
    .option('--ou <dn>', 'all users below this container')
    .option('--forest <connector>', 'all users of this forest')
    .option('--timeout <seconds>', 'longest time to wait for the answer', wholeNumber(1, 3600), 60)
    .action(
      session.action(async ({ user, ou, forest, timeout }: ResyncOptions, _command: Command) => {
        const body = {
          ...(user === undefined ? {} : { user }),
          ...(ou === undefined ? {} : { ou }),
          ...(forest === undefined ? {} : { connector: forest }),
        };
        const started = await session.client.call('resyncPasswords', { body });
        const done = await untilDone(session, started, timeout);
        return told(done, `Noted: ${usersOf(done.result)} are read and sent anew. See \`adjoin password status\`.`);
      }),
    );
}

const failed = (checks: readonly PasswordCheck[]): PasswordCheck | undefined => checks.find(({ ok }) => ok === false);

function usersOf(result: unknown): string {
  const users = typeof result === 'object' && result !== null && 'users' in result ? Number(result.users) : 0;
  return users === 1 ? 'the password of 1 user' : `the passwords of ${String(users)} users`;
}

function forestText(io: Io, forest: PasswordForest): string {
  const results = Object.entries(forest.results).map(([name, count]) => `${name} ${String(count)}`);
  const head = facts(io, [
    ['forest', forest.connector],
    ['state', forest.condition],
    ['users in scope', forest.inScope],
    ['waiting', forest.pending],
    ['last results', results.join(', ')],
  ]);
  const domains = table(
    io,
    forest.domains,
    [
      { head: 'DOMAIN', cell: (row) => row.namingContext },
      { head: 'SERVER', cell: (row) => row.server },
      { head: 'LAST LOOK', cell: (row) => row.lastPollAt },
      { head: 'LAST FULL PASS', cell: (row) => row.lastFullPassAt },
      {
        head: 'NOW',
        cell: (row) => (row.fullPass === null ? '' : `full pass: ${String(row.fullPass.objects)} objects`),
      },
    ],
    'No domain was read yet.',
  );
  return head + section(io, 'Domains', domains) + section(io, 'Conditions', checkTable(io, forest.checks));
}

function userText(io: Io, user: PasswordUser): string {
  const { result, need } = user;
  const why = failed(user.checks);
  const head = facts(io, [
    ['user', user.object],
    ['forest', user.connector],
    ['changed', user.changedAt],
    ['sent', user.sentAt],
    ['lag', user.lagMs === null ? null : `${(user.lagMs / 1000).toFixed(1)} s`],
    ['last result', result === null ? null : `${result.status} at ${result.at}`],
    ['next attempt', need === null ? null : `${need.nextAt} (${need.reason}, attempt ${String(need.attempts + 1)})`],
    [
      'not met',
      why === undefined ? 'nothing: every condition that can be told is met' : `${why.condition}: ${why.detail}`,
    ],
  ]);
  return head + section(io, 'Conditions', checkTable(io, user.checks));
}

const SHOWN = { true: 'ok', false: 'NOT MET', null: '?' } as const;
const TONE: Readonly<Record<string, Tone>> = { true: 'good', false: 'bad', null: 'dim' };

const checkTable = (io: Io, checks: readonly PasswordCheck[]): string =>
  table(
    io,
    checks,
    [
      { head: '', cell: ({ ok }) => SHOWN[`${ok}`], tone: ({ ok }) => TONE[`${ok}`] ?? 'plain' },
      { head: 'CONDITION', cell: ({ condition }) => condition },
      { head: 'DETAIL', cell: ({ detail }) => detail },
    ],
    'None.',
  );
