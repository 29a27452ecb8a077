import type { DirectoryType } from './directory-object.js';
import { DIRECTORY_TYPES } from './directory-object.js';

/** What happened to an object. `purged` is permanent; `deleted` went to the recycle bin. */
export type ChangeKind = 'created' | 'updated' | 'deleted' | 'purged' | 'restored' | 'member-added' | 'member-removed';

/** One change of one object, in the order of `seq`. Times are ms since 1970. */
export interface ChangeRecord {
  readonly seq: number;
  readonly at: number;
  /** From then on reads show the change. */
  readonly visibleAt: number;
  readonly type: DirectoryType;
  readonly id: string;
  readonly kind: ChangeKind;
  readonly properties: readonly string[];
  /** The member of a membership change, or the former manager when the manager changes. */
  readonly member?: { readonly id: string; readonly type: DirectoryType } | undefined;
  /** The request that caused it, such as `PATCH /groups/…`. */
  readonly cause: string;
}

/** Where the numbers of a log go on. */
export interface LogStart {
  readonly seq: number;
  readonly byType?: Readonly<Partial<Record<DirectoryType, number>>> | undefined;
}

/** Append-only log of changes, by type for delta queries; the oldest half is dropped beyond the capacity. */
export class ChangeLog {
  readonly #byType = new Map<DirectoryType, ChangeRecord[]>();
  readonly #capacity: number;
  #seq: number;
  readonly #oldest = new Map<DirectoryType, number>();

  /** @param start number of the last change before, and of the last one by type; both 0 for a new tenant. */
  constructor(capacity: number, start: LogStart = { seq: 0 }) {
    this.#capacity = capacity;
    this.#seq = start.seq;
    for (const type of DIRECTORY_TYPES) {
      this.#byType.set(type, []);
      this.#oldest.set(type, start.byType?.[type] ?? start.seq);
    }
  }

  /** Number of the last change. */
  get seq(): number {
    return this.#seq;
  }

  /** Changes of the type after this number are all held; a token of an earlier one is too old. */
  oldest(type: DirectoryType): number {
    return this.#oldest.get(type) ?? 0;
  }

  /** Number of the last change of each type. */
  lastByType(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      DIRECTORY_TYPES.map((type) => [type, this.#byType.get(type)?.at(-1)?.seq ?? this.oldest(type)]),
    );
  }

  append(change: Omit<ChangeRecord, 'seq'>): ChangeRecord {
    const record = { ...change, seq: ++this.#seq };
    const records = this.#byType.get(change.type) ?? [];
    records.push(record);
    if (records.length > this.#capacity) this.#drop(change.type, records);
    return record;
  }

  /** Index of the first record of `type` after `seq`, with all records of the type. */
  after(type: DirectoryType, seq: number): { readonly records: readonly ChangeRecord[]; readonly start: number } {
    const records = this.#byType.get(type) ?? [];
    let low = 0;
    let high = records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((records[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return { records, start: low };
  }

  #drop(type: DirectoryType, records: ChangeRecord[]): void {
    const gone = records.splice(0, records.length >>> 1);
    this.#oldest.set(type, gone.at(-1)?.seq ?? 0);
  }
}
