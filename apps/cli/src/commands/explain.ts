import type { Command } from 'commander';
import type { Explanation, Preview } from '@adjoin/contracts';
import { SyncError } from '@adjoin/contracts';
import { untilDone } from '../client/until-done.js';
import { explanationText } from '../explain/explanation-text.js';
import { isIdle, previewText } from '../explain/preview-text.js';
import { notPassed, told, type Outcome } from '../outcome.js';
import type { Session } from '../session.js';
import { wholeNumber } from './page-options.js';

/** `adjoin explain` */
export function addExplain(program: Command, session: Session): void {
  program
    .command('explain <object> [attribute]')
    .description(
      'why an object is what it is: rules considered, joins tried, links, contributors of attributes, pending export; with an attribute the whole contest for it',
    )
    .addHelpText('after', '\nEnds with 3 when an export of the object is held.')
    .action(
      session.action(async (object: string, attribute: string | undefined, _options: object, _command: Command) => {
        const shown = await session.client.call('explain', { query: { object, attribute } });
        return told(shown, explanationText(session.io, shown, attribute), { held: isHeld(shown) });
      }),
    );
}

interface PreviewOptions {
  readonly full?: boolean;
  readonly commit?: boolean;
  readonly timeout: number;
}

/** `adjoin preview` */
export function addPreview(program: Command, session: Session): void {
  program
    .command('preview <object>')
    .description('what synchronization would do with one object; nothing is written without --commit')
    .option('--full', 'decide everything again, not only what waits for synchronization')
    .option('--commit', 'let the engine synchronize the object now')
    .option('--timeout <seconds>', 'longest time to wait for the engine', wholeNumber(1, 86_400), 60)
    .addHelpText(
      'after',
      '\nEnds with 1 when synchronization of the object fails; nothing is committed then. Ends with 3 when an export of the object is held after --commit.',
    )
    .action(
      session.action(async (object: string, options: PreviewOptions, _command: Command) => {
        const mode = options.full === true ? 'full' : 'delta';
        const shown = await session.client.call('preview', { query: { object, mode } });
        return options.commit === true ? commit(session, shown, options.timeout) : outcomeOf(session, shown);
      }),
    );
}

function outcomeOf(session: Session, shown: Preview): Outcome {
  const text = previewText(session.io, shown);
  return shown.error === null ? told(shown, text) : notPassed(shown, text);
}

async function commit(session: Session, shown: Preview, timeout: number): Promise<Outcome> {
  const text = previewText(session.io, shown);
  const still = { ...shown, committed: false };
  if (shown.error !== null) return notPassed(still, `${text}\nNothing was committed.\n`);
  if (isIdle(shown)) return told(still, text);
  const { id } = shown.object;
  const command = await untilDone(session, await session.client.call('syncObject', { body: { object: id } }), timeout);
  const after = await explained(session, id);
  const held = after !== undefined && isHeld(after);
  const end = held ? 'Committed. The export is held: see `adjoin explain`.' : 'Committed.';
  return told({ ...shown, committed: true, command: command.id }, `${text}\n${end}\n`, { held });
}

/** The object as it is after the commit; none when the commit removed it. */
async function explained(session: Session, object: string): Promise<Explanation | undefined> {
  try {
    return await session.client.call('explain', { query: { object } });
  } catch (cause) {
    if (cause instanceof SyncError && cause.code === 'ADJ-API-4004') return undefined;
    throw cause;
  }
}

const isHeld = ({ exports }: Explanation): boolean => exports.some((one) => one.export?.state === 'held');
