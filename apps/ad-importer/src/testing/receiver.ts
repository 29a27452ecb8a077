import type { ChangeMessage, ObjectChange, ReferenceChange } from '@adjoin/contracts';
import type { MessageProducer } from '@adjoin/shared';

/** An object as somebody knows it who has nothing but the published messages. */
export interface ReceivedObject {
  attributes: Record<string, unknown>;
  dn: string | undefined;
  parent: string | null | undefined;
  rdn: string | undefined;
  /** The domain that reported it as a whole. */
  partition: string;
  readonly members: Set<string>;
  readonly open: Map<string, Set<string>>;
}

/** Takes what the importer publishes and applies it by the rules of the topic: sets remove by absence only when they are closed. */
export class Receiver implements MessageProducer {
  readonly objects = new Map<string, ReceivedObject>();
  readonly messages: ChangeMessage[] = [];
  /** What was taken away, in words. */
  readonly removals: string[] = [];
  membersAdded = 0;
  #seen: { readonly partition: string; readonly anchor: string }[] = [];

  send(_topic: string, messages: readonly { readonly value: unknown }[]): Promise<void> {
    for (const { value } of messages) this.#take(value as ChangeMessage);
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Forgets what was counted, not what is known. */
  reset(): void {
    this.messages.length = 0;
    this.removals.length = 0;
    this.membersAdded = 0;
    this.#seen = [];
  }

  get changes(): ObjectChange[] {
    return this.messages.filter((message) => message.kind === 'object');
  }

  /** Objects that a complete full read has not seen: what the engine asks the importer to confirm. */
  absent(partition: string): string[] {
    const markers = this.messages.filter((message) => message.kind === 'marker' && message.partition === partition);
    if (
      markers.length === 0 ||
      !markers.every((marker) => marker.kind === 'marker' && marker.complete) ||
      !this.messages.some(({ kind }) => kind === 'seen')
    )
      return [];
    const seen = new Set(this.#seen.filter((one) => one.partition === partition).map(({ anchor }) => anchor));
    return [...this.objects].flatMap(([anchor, object]) =>
      object.partition === partition && !seen.has(anchor) ? [anchor] : [],
    );
  }

  #take(message: ChangeMessage): void {
    this.messages.push(message);
    const { partition } = message;
    if (message.kind === 'seen') this.#seen.push(...message.anchors.map((anchor) => ({ partition, anchor })));
    if (message.kind !== 'object') return;
    // What a domain says of an object that another one has reported since is too late.
    const owner = this.objects.get(message.anchor)?.partition;
    if (message.op !== 'whole' && owner !== partition) return;
    if (message.op === 'delete') {
      if (!this.objects.delete(message.anchor)) return;
      this.removals.push(`object ${message.anchor}`);
      // Its memberships end with it; nobody sends them.
      for (const object of this.objects.values()) object.members.delete(message.anchor);
      return;
    }
    const known = this.objects.get(message.anchor) ?? {
      attributes: {},
      dn: undefined,
      parent: undefined,
      rdn: undefined,
      partition,
      members: new Set<string>(),
      open: new Map(),
    };
    this.objects.set(message.anchor, known);
    known.partition = partition;
    known.attributes =
      message.op === 'whole' ? { ...message.attributes } : { ...known.attributes, ...message.attributes };
    known.rdn = message.rdn ?? known.rdn;
    known.parent = message.parent === undefined ? known.parent : message.parent;
    known.dn = message.dn ?? known.dn;
    const member = message.references?.['member'];
    if (member !== undefined) this.#members(message.anchor, known, member);
  }

  #members(anchor: string, known: ReceivedObject, change: ReferenceChange): void {
    const add = (guid: string): void => {
      if (known.members.has(guid)) return;
      known.members.add(guid);
      this.membersAdded += 1;
    };
    const remove = (guid: string): void => {
      if (known.members.delete(guid)) this.removals.push(`member ${guid} of ${anchor}`);
    };
    if (change.mode === 'change') {
      for (const { $ref } of change.add) add($ref);
      for (const { $ref } of change.remove) remove($ref);
      return;
    }
    const open = known.open.get(change.set) ?? new Set<string>();
    known.open.set(change.set, open);
    for (const { $ref } of change.values) {
      open.add($ref);
      add($ref);
    }
    if (!change.last) return;
    known.open.delete(change.set);
    if (open.size !== change.count) return;
    for (const guid of [...known.members].filter((candidate) => !open.has(candidate))) remove(guid);
  }
}
