import { valueEquals, type AttributeChanges, type StagedImport } from '@adjoin/engine';
import { backoff } from '@adjoin/shared';
import type { CsDocument, Refutation } from '@adjoin/spaces';

/** The first time the value is sent again at once: the write may have been lost. Then at this distance, growing. */
const AGAIN = { baseMs: 60_000, maxMs: 3_600_000 };

/**
 * What exports the target did not keep (exported-change-not-reimported): a read that must show them shows something else. Undefined when nothing
 * of the kind is known (any more).
 */
export function refutationOf(
  current: CsDocument | undefined,
  { refuted, object }: Pick<StagedImport, 'refuted' | 'object'>,
  now: Date,
): Refutation | undefined {
  const known = current?.refuted;
  if (refuted.length === 0) {
    // What was sent last is shown: it is over.
    const over = current?.unconfirmed !== undefined && object.unconfirmed === undefined;
    return over ? undefined : known;
  }
  const sent = { ...current?.escrow?.changes, ...current?.unconfirmed?.changes };
  const changes: AttributeChanges = Object.fromEntries(refuted.map((name) => [name, sent[name] ?? null]));
  const same =
    known !== undefined && Object.entries(changes).every(([name, value]) => equal(known.changes[name], value));
  const times = same ? known.times + 1 : 1;
  const until = times === 1 ? now : new Date(now.getTime() + backoff(times - 2, AGAIN));
  return { changes, times, since: same ? known.since : now, until };
}

/** Would this export send nothing but what the target did not keep? */
export function isRefuted(refuted: Refutation, changes: AttributeChanges): boolean {
  return Object.entries(changes).every(
    ([name, value]) => name in refuted.changes && equal(refuted.changes[name], value),
  );
}

const equal = (left: AttributeChanges[string] | undefined, right: AttributeChanges[string] | undefined): boolean =>
  valueEquals(left ?? undefined, right ?? undefined);
