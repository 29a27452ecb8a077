import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CsDocument } from '@adjoin/spaces';
import { referencedFirst } from './referenced-first.js';

const person = (id: string, manager?: string): CsDocument => ({
  ...({ _id: id, connector: 'corp', type: 'user', dn: id, state: 'imported', importedDelete: false } as CsDocument),
  imported: manager === undefined ? {} : { manager: { ref: manager, dn: `CN=${manager}` } },
});

function order(due: readonly CsDocument[], others: readonly CsDocument[] = [], room = 100): Promise<readonly string[]> {
  const all = new Map([...due, ...others].map((document) => [document._id, document]));
  return referencedFirst({
    due,
    room,
    loaded: (id) => all.get(id),
    isDue: ({ dirtyAt }) => dirtyAt !== undefined,
    load: () => Promise.resolve(),
  }).then((documents) => documents.map(({ _id }) => _id));
}

const isDue = (document: CsDocument): CsDocument => ({ ...document, dirtyAt: new Date(0) });

it('decides a manager before those who report to it', async () => {
  expect(await order([person('a', 'b'), person('b', 'c'), person('c')])).toEqual(['c', 'b', 'a']);
});

it('takes managers along that are due later, and their managers', async () => {
  const others = [isDue(person('b', 'c')), isDue(person('c'))];
  expect(await order([person('a', 'b')], others)).toEqual(['c', 'b', 'a']);
});

it('leaves managers alone that are not due, or joined already', async () => {
  expect(await order([person('a', 'b')], [person('b')])).toEqual(['a']);
  expect(await order([person('a', 'b')], [{ ...isDue(person('b')), link: { mv: 'm' } } as CsDocument])).toEqual(['a']);
});

it('takes no more along than there is room for', async () => {
  const others = ['x', 'y', 'z'].map((id) => isDue(person(id)));
  expect(await order([person('a', 'x'), person('b', 'y'), person('c', 'z')], others, 1)).toHaveLength(4);
  expect(await order([person('a', 'x')], others, 0)).toEqual(['a']);
});

it('keeps everybody once, whoever manages whom, circles included', async () => {
  const people = fc
    .uniqueArray(fc.nat(30), { minLength: 1 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id) =>
          fc.option(fc.nat(30)).map((manager) => person(String(id), manager === null ? undefined : String(manager))),
        ),
      ),
    );
  await fc.assert(
    fc.asyncProperty(people, async (due) => {
      expect([...(await order(due))].sort()).toEqual(due.map(({ _id }) => _id).sort());
    }),
  );
});
