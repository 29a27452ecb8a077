import type { StatusAnswer } from '@adjoin/contracts';

/** Messages that a consumer group has not read, by `<group> <topic>`. */
export type Lags = Readonly<Record<string, number>>;

/** What has not come to its end: open work, held exports, objects in error, unread messages, messages nobody could read. */
export function openQueues(
  status: StatusAnswer,
  lags: Lags,
  deadLetters: Readonly<Record<string, number>>,
): readonly string[] {
  const waiting = status.connectors.flatMap(({ name, backlog, errors }) => [
    ...(backlog > 0 ? [`${backlog} objects of ${name} wait for synchronization`] : []),
    ...(errors > 0 ? [`${errors} objects of ${name} are in error`] : []),
  ]);
  const exports = status.targets.flatMap(({ name, pending, held, inFlight }) => {
    const open = pending.adds + pending.updates + pending.deletes + pending.members;
    return open + held + inFlight === 0
      ? []
      : [`${name}: ${open} exports pending, ${held} held, ${inFlight} in flight`];
  });
  const gates = status.gates.map(({ gate, reason }) => `gate ${gate}: ${reason}`);
  return [
    ...waiting,
    ...exports,
    ...gates,
    ...counted(lags, 'unread'),
    ...counted(deadLetters, 'in the dead-letter topic'),
  ];
}

function counted(counts: Readonly<Record<string, number>>, what: string): readonly string[] {
  return Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} messages ${what}: ${name}`] : []));
}
