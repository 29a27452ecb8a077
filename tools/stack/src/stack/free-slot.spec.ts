import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { slotPorts } from '../ports.js';
import { reserveSlot, type SlotReservation } from './free-slot.js';

/** Slots that nothing else chooses from. */
const SLOTS = { first: 55, last: 59 } as const;
const held: SlotReservation[] = [];

async function aSlot(first: number = SLOTS.first, last: number = SLOTS.last): Promise<number> {
  const reservation = await reserveSlot(first, last);
  held.push(reservation);
  return reservation.slot;
}

afterEach(async () => {
  for (const reservation of held.splice(0)) await reservation.release();
});

describe('a reserved slot', () => {
  it('is given to one only of those who ask in the same moment', async () => {
    const slots = await Promise.all([aSlot(), aSlot(), aSlot()]);
    expect(new Set(slots).size).toBe(3);
  });

  it('is free again when it was released', async () => {
    const { slot, release } = await reserveSlot(SLOTS.first, SLOTS.last);
    await release();
    expect(await aSlot()).toBe(slot);
  });

  it('is free again when the process that had it was killed', async () => {
    const code = `require('node:net').createServer().listen('\\0adjoin-slot-${SLOTS.first}', () => process.send('held'))`;
    const other = fork('-', [], { execArgv: ['--eval', code], stdio: 'ignore' });
    await once(other, 'message');
    expect(await aSlot()).toBe(SLOTS.first + 1);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await aSlot()).toBe(SLOTS.first);
  });

  it('has no port in use', async () => {
    const server = createServer();
    server.listen({ port: slotPorts(SLOTS.first).mongod, host: '127.0.0.1' });
    await once(server, 'listening');
    expect(await aSlot()).toBe(SLOTS.first + 1);
    server.close();
  });

  it('cannot be had when all are taken', async () => {
    await aSlot(SLOTS.first, SLOTS.first);
    await expect(reserveSlot(SLOTS.first, SLOTS.first)).rejects.toMatchObject({ code: 'ADJ-STK-2001' });
  });
});
