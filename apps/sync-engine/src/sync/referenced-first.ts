import type { CsDocument } from '@adjoin/spaces';
import { referencesOf } from './prefetch.js';

/** Managers of managers are looked for this far up. */
const LEVELS = 8;

export interface ReferencedFirst {
  /** What is due, in its order. */
  readonly due: readonly CsDocument[];
  /** Most objects to add. */
  readonly room: number;
  /** A document that is loaded, with everything that loaded documents refer to. */
  readonly loaded: (id: string) => CsDocument | undefined;
  /** Whether an object may be decided now, though it was not asked for. */
  readonly isDue: (document: CsDocument) => boolean;
  /** Loads what the objects will need, see prefetch. */
  readonly load: (documents: readonly CsDocument[]) => Promise<void>;
}

/**
 * What is due, with what it refers to before it: an object that is decided before its manager is joined has to be decided again afterwards, which in
 * a first load would be every second user. Objects that are referred to and due as well, but further back in the queue, are taken along. The order
 * changes what has to be done twice and never the outcome.
 */
export async function referencedFirst({
  due,
  room,
  loaded,
  isDue,
  load,
}: ReferencedFirst): Promise<readonly CsDocument[]> {
  const taken = new Map(due.map((document) => [document._id, document]));
  let level: readonly CsDocument[] = due;
  for (let depth = 0; depth < LEVELS && level.length > 0 && taken.size < due.length + room; depth++) {
    const found = new Map<string, CsDocument>();
    for (const id of level.flatMap(referencesOf)) {
      const document = taken.has(id) ? undefined : loaded(id);
      if (document !== undefined && document.link === undefined && isDue(document)) found.set(id, document);
    }
    level = [...found.values()].slice(0, due.length + room - taken.size);
    for (const document of level) taken.set(document._id, document);
    if (level.length > 0) await load(level);
  }
  return inOrder(taken);
}

/** Each object after those of the list that it refers to; where they refer to each other in a circle, one of them comes first. */
function inOrder(documents: ReadonlyMap<string, CsDocument>): readonly CsDocument[] {
  const ordered = new Set<CsDocument>();
  const begun = new Set<string>();
  for (const document of documents.values()) {
    // Without recursion: a chain of managers may be as long as the list.
    const open = [document];
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      begun.add(last._id);
      const before = referencesOf(last).find((id) => documents.has(id) && !begun.has(id));
      const next = before === undefined ? undefined : documents.get(before);
      if (next !== undefined) open.push(next);
      else {
        ordered.add(last);
        open.pop();
      }
    }
  }
  return [...ordered];
}
