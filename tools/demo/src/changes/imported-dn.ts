import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../run/lab.js';

const DEADLINE_MS = 5000;
const POLL_MS = 100;

/** Checks by the control-plane that the connector space shows an object under its new DN. Fails when it does not within 5 s. */
export async function requireImportedDn(
  lab: Lab,
  object: { readonly connector: string; readonly anchor: string; readonly dn: string },
): Promise<void> {
  const guid = guidOf(object.anchor);
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const imported = await lab.controlPlane.importedDn(object.connector, guid);
    if (imported.toLowerCase() === object.dn.toLowerCase()) return;
    if (performance.now() > end)
      throw new Error(`Move to ${object.dn}: the connector space of ${object.connector} still shows ${imported}.`);
    await sleep(POLL_MS);
  }
}

/** The text form of objectGUID: its first three parts are little-endian, MS-DTYP 2.3.4.2. */
export function guidOf(anchor: string): string {
  const bytes = Buffer.from(anchor, 'base64');
  const swapped = [3, 2, 1, 0, 5, 4, 7, 6].map((index) => bytes[index] ?? 0);
  const hex = Buffer.concat([Buffer.from(swapped), bytes.subarray(8)]).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
