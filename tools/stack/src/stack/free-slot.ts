import { createServer, type Server } from 'node:net';
import { accepts, requireFreePort } from '../process/port-check.js';
import { slotPorts } from '../ports.js';
import { StackError } from '../stack-error.js';

const LDAP = 389;

/** A slot that no other process is given until it is released, or this process ends. */
export interface SlotReservation {
  readonly slot: number;
  release(): Promise<void>;
}

/**
 * Reserves the first slot from `first` to `last` that nobody has reserved and in which no port of a stack is taken: a stack takes seconds to open
 * its ports, and two that start together must not choose the same slot. Fails with ADJ-STK-2001 when there is none.
 */
export async function reserveSlot(first: number, last: number): Promise<SlotReservation> {
  for (let slot = first; slot <= last; slot += 1) {
    const reservation = await reserve(slot);
    if (reservation === undefined) continue;
    if (await isFree(slot)) return reservation;
    await reservation.release();
  }
  throw new StackError(
    'ADJ-STK-2001',
    `Every slot from ${first} to ${last} has a port in use. Stop other stacks first (npm run stack:status).`,
  );
}

/**
 * A name in the abstract socket namespace of Linux (unix(7)): only one process can hold it, it is valid where its ports are (the network namespace),
 * and the kernel drops it with the process, so that there is never a stale one. Undefined when another holds it.
 */
async function reserve(slot: number): Promise<SlotReservation | undefined> {
  const server = createServer();
  const held = await new Promise<boolean>((settle, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') settle(false);
      else fail(error);
    });
    server.listen(`\0adjoin-slot-${slot}`, () => settle(true));
  });
  if (!held) return undefined;
  server.unref();
  return { slot, release: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((settle) => server.close(() => settle()));
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
