import { changeMessage, partitionForKey, type ChangeMessage } from '@adjoin/contracts';
import type { OutgoingMessage } from '@adjoin/shared';
import { describe, expect, it } from 'vitest';
import { ChangePublisher, referenceChunks, SequenceSource } from './change-publisher.js';

const RUN = { id: 'run-1', attempt: 1, profile: 'full-import' } as const;
const TIME = '2026-11-21T00:00:00.000Z';

function publisher(kafkaPartitions = 3): { publisher: ChangePublisher; sent: OutgoingMessage[]; batches: number[] } {
  const sent: OutgoingMessage[] = [];
  const batches: number[] = [];
  const producer = {
    send: (_topic: string, messages: readonly OutgoingMessage[]) => {
      sent.push(...messages);
      batches.push(messages.length);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const options = { producer, topic: 't', kafkaPartitions, connector: 'corp', partition: 'DC=t', epoch: 7 };
  return { publisher: new ChangePublisher(options, new SequenceSource(7), RUN), sent, batches };
}
const parsed = (sent: readonly OutgoingMessage[]): ChangeMessage[] =>
  sent.map((message) => changeMessage.parse(JSON.parse(JSON.stringify(message.value))));

describe('ChangePublisher', () => {
  it('states in the markers exactly what it sent to each Kafka partition', async () => {
    const { publisher: changes, sent, batches } = publisher();
    for (let index = 0; index < 1_200; index += 1)
      await changes.change({ anchor: `a${String(index)}`, op: 'whole', attributes: {}, readStartedAt: TIME });
    await changes.seen(['a1', 'a2']);
    await changes.markers({ complete: true, startedAt: TIME, endedAt: TIME });
    const messages = parsed(sent);
    const markers = messages.filter((message) => message.kind === 'marker');
    expect(markers).toHaveLength(3);
    for (const marker of markers) {
      const there = sent.filter((message) => message.partition === marker.kafkaPartition).length - 1;
      expect(marker).toMatchObject({ sent: there, objects: 1_200, epoch: 7, complete: true });
    }
    expect(Math.max(...batches)).toBe(500);
  });

  it('puts each object where its key belongs, with growing sequences', async () => {
    const { publisher: changes, sent } = publisher();
    for (const anchor of ['x', 'y', 'x'])
      await changes.change({ anchor, op: 'delete', reason: 'tombstone', readStartedAt: TIME });
    await changes.flush();
    expect(sent.map((message) => message.partition)).toEqual(
      ['x', 'y', 'x'].map((anchor) => partitionForKey(anchor, 3)),
    );
    expect(parsed(sent).map((message) => (message.kind === 'object' ? message.version : undefined))).toEqual(
      [1, 2, 3].map((seq) => ({ epoch: 7, seq })),
    );
  });

  it('sends the seen anchors in chunks, the last one marked, also when there are none', async () => {
    const { publisher: changes, sent } = publisher();
    await changes.seen(Array.from({ length: 5_001 }, (_unused, index) => String(index)));
    await changes.seen([]);
    expect(
      parsed(sent).map((message) =>
        message.kind === 'seen' ? [message.index, message.last, message.anchors.length] : [],
      ),
    ).toEqual([
      [0, false, 5_000],
      [1, true, 1],
      [0, true, 0],
    ]);
  });
});

describe('referenceChunks', () => {
  it('keeps every message within 2,000 values', () => {
    const values = Array.from({ length: 4_001 }, (_unused, index) => ({ $ref: String(index) }));
    expect(referenceChunks(values).map((chunk) => chunk.length)).toEqual([2_000, 2_000, 1]);
    expect(referenceChunks([])).toEqual([[]]);
  });
});
