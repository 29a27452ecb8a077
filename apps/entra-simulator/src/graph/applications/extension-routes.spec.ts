import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../json.js';
import {
  APP_ID,
  aGroup,
  aService,
  aUser,
  bodyOf,
  create,
  detailOf,
  errorOf,
  valueOf,
} from '../../testing/service-under-test.js';

const PREFIX = `extension_${APP_ID.replaceAll('-', '')}_`;
const ANCHOR = `${PREFIX}sourceAnchor`;
const definition = (more: JsonObject = {}): JsonObject => ({
  name: 'sourceAnchor',
  dataType: 'String',
  targetObjects: ['User', 'Group'],
  ...more,
});

function registered(...definitions: readonly JsonObject[]) {
  const sut = aService();
  const [application] = valueOf(sut.send('GET', `/applications?$filter=appId eq '${APP_ID}'&$select=id`));
  const url = `/applications/${String(application?.['id'])}/extensionProperties`;
  const replies = definitions.map((one) => sut.send('POST', url, one));
  return { sut, url, replies };
}

describe('directory extensions (graph-export section 9)', () => {
  it('get a full name from the application id', () => {
    const { replies, sut, url } = registered(definition());
    expect(replies.map(({ status }) => status)).toEqual([201]);
    expect(valueOf(sut.send('GET', url))[0]).toMatchObject({ name: ANCHOR, isMultiValued: false });
  });

  it('cannot be registered twice', () => {
    const { replies } = registered(definition(), definition());
    expect(replies.map(({ status }) => status)).toEqual([201, 400]);
  });

  it.each([{ dataType: 'Text' }, { targetObjects: [] }, { targetObjects: ['Planet'] }, { name: 'a b' }, { extra: 1 }])(
    'refuse %j',
    (wrong) => {
      expect(registered(definition(wrong)).replies[0]?.status).toBe(400);
    },
  );

  it('are accepted in a create, found by filter and shown when selected', () => {
    const { sut } = registered(definition());
    const id = create(sut, 'groups', aGroup('g', { [ANCHOR]: 'AAAA' }));
    const [found] = valueOf(sut.send('GET', `/groups?$filter=${ANCHOR} eq 'AAAA'&$select=id,${ANCHOR}`));
    expect(found).toEqual({ id, [ANCHOR]: 'AAAA' });
    sut.send('PATCH', `/groups/${id}`, { [ANCHOR]: null });
    expect(bodyOf(sut.send('GET', `/groups/${id}?$select=${ANCHOR}`))).not.toHaveProperty(ANCHOR);
  });

  it('are unknown properties before they are registered', () => {
    const { sut } = registered();
    expect(errorOf(sut.send('POST', '/groups', aGroup('g', { [ANCHOR]: 'A' })))['message']).toBe(
      `Invalid property '${ANCHOR}'.`,
    );
  });

  it('are unknown on types they do not target', () => {
    const { sut } = registered(definition({ targetObjects: ['Group'] }));
    expect(sut.send('POST', '/users', aUser('ann', { [ANCHOR]: 'A' })).status).toBe(400);
  });

  it.each<[string, Json, boolean]>([
    ['String', 'x'.repeat(256), true],
    ['String', 'x'.repeat(257), false],
    ['String', 5, false],
    ['Boolean', true, true],
    ['Boolean', 'true', false],
    ['Integer', 2_147_483_647, true],
    ['Integer', 2_147_483_648, false],
    ['LargeInteger', 2_147_483_648, true],
    ['DateTime', '2026-01-01T00:00:00Z', true],
    ['DateTime', 'today', false],
    ['Binary', Buffer.alloc(256).toString('base64'), true],
    ['Binary', Buffer.alloc(257).toString('base64'), false],
  ])('of type %s take their values only', (dataType, value, fits) => {
    const { sut } = registered(definition({ dataType }));
    const reply = sut.send('POST', '/groups', aGroup('g', { [ANCHOR]: value }));
    expect(reply.status).toBe(fits ? 201 : 400);
    if (!fits) expect(detailOf(reply)['target']).toBe(ANCHOR);
  });

  it('hold at most 100 values on one object', () => {
    const { sut } = registered(definition({ isMultiValued: true }));
    const values = Array.from({ length: 101 }, (_, index) => `v${index}`);
    expect(sut.send('POST', '/groups', aGroup('g', { [ANCHOR]: values })).status).toBe(403);
    expect(sut.send('POST', '/groups', aGroup('g', { [ANCHOR]: values.slice(1) })).status).toBe(201);
  });

  it('with many values take lists only', () => {
    const { sut } = registered(definition({ isMultiValued: true }));
    expect(sut.send('POST', '/groups', aGroup('g', { [ANCHOR]: 'A' })).status).toBe(400);
    expect(sut.send('POST', '/groups', aGroup('g', { [ANCHOR]: ['A'] })).status).toBe(201);
  });
});
