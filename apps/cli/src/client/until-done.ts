import { setTimeout as wait } from 'node:timers/promises';
import { SyncError, type Command } from '@adjoin/contracts';
import type { Session } from '../session.js';

const POLL_MS = 500;

/** Waits until the engine has answered a request. Throws ADJ-ENG-2001 for a refusal and ADJ-API-4008 for none in time. */
export async function untilDone(session: Session, started: Command, seconds: number): Promise<Command> {
  const deadline = Date.now() + seconds * 1000;
  for (let current = started; ; current = await session.client.call('command', { path: { id: started.id } })) {
    if (current.status === 'done') return current;
    if (current.status === 'failed') {
      throw new SyncError('ADJ-ENG-2001', `The engine refused: ${current.error?.message ?? 'without a reason'}`, {
        object: current.id,
      });
    }
    if (Date.now() > deadline)
      throw new SyncError('ADJ-API-4008', `The engine has not answered request ${started.id} within ${seconds} s.`, {
        object: started.id,
      });
    await wait(POLL_MS, undefined, { signal: session.signal });
  }
}
