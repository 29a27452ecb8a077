import { MAX_REFERENCES_PER_MESSAGE, type ReferenceTarget } from '@adjoin/contracts';
import type { DeltaMember } from '@adjoin/graph';
import type { ChangePublisher } from './change-publisher.js';

interface OpenSet {
  index: number;
  count: number;
  waiting: ReferenceTarget[];
}
/** Most references kept in memory over all groups. */
const MAX_WAITING = 50_000;

/**
 * Members of the groups of a full read. The service spreads a group over pages and may come back to it at any time, so every set is closed at
 * the end of the read only; until then its chunks add.
 */
export class MemberSets {
  readonly #publisher: ChangePublisher;
  readonly #readStartedAt: string;
  readonly #sets = new Map<string, OpenSet>();
  #waiting = 0;

  constructor(publisher: ChangePublisher, readStartedAt: string) {
    this.#publisher = publisher;
    this.#readStartedAt = readStartedAt;
  }

  async add(groupId: string, members: readonly DeltaMember[]): Promise<void> {
    const set = this.#sets.get(groupId) ?? { index: 0, count: 0, waiting: [] };
    this.#sets.set(groupId, set);
    for (const member of members) if (member['@removed'] === undefined) set.waiting.push({ $ref: member.id });
    this.#waiting += members.length;
    while (set.waiting.length > MAX_REFERENCES_PER_MESSAGE) await this.#send(groupId, set, false);
    if (this.#waiting <= MAX_WAITING) return;
    for (const [id, other] of this.#sets) if (other.waiting.length > 0) await this.#send(id, other, false);
    this.#waiting = 0;
  }

  /** Closing chunk of every group, empty ones included. */
  async close(): Promise<void> {
    for (const [id, set] of this.#sets) await this.#send(id, set, true);
    this.#sets.clear();
  }

  async #send(groupId: string, set: OpenSet, last: boolean): Promise<void> {
    const values = set.waiting.splice(0, MAX_REFERENCES_PER_MESSAGE);
    set.count += values.length;
    const { id, attempt } = this.#publisher.run;
    const member = {
      mode: 'set' as const,
      set: `${id}/${attempt}/${groupId}`,
      index: set.index++,
      last,
      count: set.count,
      values,
    };
    await this.#publisher.change(
      { anchor: groupId, op: 'delta', objectType: 'group', references: { member }, readStartedAt: this.#readStartedAt },
      true,
    );
  }
}
