import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { SYNC_SERVICE_ATTRIBUTES } from '@adjoin/contracts';

it('the sync-service channel carries exactly the attributes that rules can write', () => {
  const file = new URL('../../../../rules/schema/entra.yaml', import.meta.url);
  const schema = parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string[]>>;
  for (const [type, kinds] of Object.entries(SYNC_SERVICE_ATTRIBUTES)) {
    const expected = Object.entries(schema[type] ?? {}).flatMap(([kind, names]) => names.map((name) => [name, kind]));
    const carried = [...kinds, ['cloudAnchor', 'string']];
    expect(carried.map(String).sort()).toEqual(expected.map(String).sort());
  }
});
