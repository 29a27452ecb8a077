import { accepts, requireFreePort } from '../process/port-check.js';
import { slotPorts } from '../ports.js';
import { StackError } from '../stack-error.js';

const LDAP = 389;

/** The first slot from `first` to `last` in which no port of a stack is taken. Fails with ADJ-STK-2001 when there is none. */
export async function findFreeSlot(first: number, last: number): Promise<number> {
  for (let slot = first; slot <= last; slot += 1) if (await isFree(slot)) return slot;
  throw new StackError(
    'ADJ-STK-2001',
    `Every slot from ${first} to ${last} has a port in use. Stop other stacks first (npm run stack:status).`,
  );
}

async function isFree(slot: number): Promise<boolean> {
  for (const host of [10, 11]) if (await accepts(LDAP, `127.0.${slot}.${host}`)) return false;
  try {
    for (const port of Object.values(slotPorts(slot))) await requireFreePort(port, { service: 'stack' });
    return true;
  } catch (error) {
    if (error instanceof StackError) return false;
    throw error;
  }
}
