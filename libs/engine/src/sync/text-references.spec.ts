import { expect, it } from 'vitest';
import { basicRules, expression, importUser, inbound, spaceOf } from '../testing/rule-builders.js';

it('a reference made of a DN text resolves when an object of that name is joined, whatever the order', () => {
  const byRule = inbound({
    name: 'In Manager',
    precedence: 50,
    flows: [expression('manager', 'CRef("CN=boss,DC=CORP")')],
  });
  const space = spaceOf([...basicRules(), byRule]);
  importUser(space, 'kim');
  space.sync();
  expect(space.metaverse()).toMatchObject([{ attributes: { anchor: 'kim' } }]);
  expect(space.metaverse()[0]?.attributes).not.toHaveProperty('manager');
  importUser(space, 'boss');
  space.sync();
  const boss = space.metaverse().find(({ attributes }) => attributes['anchor'] === 'boss');
  const kim = space.metaverse().find(({ attributes }) => attributes['anchor'] === 'kim');
  expect(kim?.attributes['manager']).toEqual({ ref: boss?.id });
});
