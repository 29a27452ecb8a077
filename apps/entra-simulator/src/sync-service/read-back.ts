import type { ReadBackPage, ReadBackRequest, SyncObject, SyncValue } from '@adjoin/sync-service';
import type { Tenant } from '../graph/tenant.js';
import { SyncFailure } from './sync-failure.js';
import type { SyncedObject, Tombstone } from './sync-state.js';

/** Objects and members of one page. */
const PAGE_OBJECTS = 500;
const PAGE_MEMBERS = 50_000;

interface Cookie {
  readonly epoch: string;
  /** Changes up to this number were shown. */
  readonly seq: number;
  readonly full: boolean;
  /** State at the beginning of a full read: its last page continues from there. */
  readonly begun: number;
}
const write = (cookie: Cookie): string => Buffer.from(JSON.stringify(cookie)).toString('base64');

/** One page of the exported values ("shadow", spec engine/entra-service.md section 3). @throws SyncFailure for an unknown cookie */
export function readBack(tenant: Tenant, { cookie, full }: ReadBackRequest): ReadBackPage {
  const { sync, epoch } = tenant;
  forgetDeleted(tenant);
  const from = cookie === undefined ? undefined : parse(cookie, epoch);
  const resumed = from !== undefined && from.full && full;
  const after = from === undefined || (full && !resumed) ? 0 : from.seq;
  const begun = resumed ? from.begun : sync.seq;
  const changed: (SyncedObject | Tombstone)[] = [...sync.all()].filter(({ seq }) => seq > after);
  if (!full) changed.push(...sync.tombstones.filter(({ seq }) => seq > after));
  changed.sort((left, right) => left.seq - right.seq);
  const page: (SyncedObject | Tombstone)[] = [];
  let members = 0;
  for (const object of changed) {
    if (page.length >= PAGE_OBJECTS || members >= PAGE_MEMBERS) break;
    page.push(object);
    members += tenant.directory.active.get(object.id)?.members.size ?? 0;
  }
  const more = page.length < changed.length;
  const seq = more ? (page.at(-1)?.seq ?? after) : full ? Math.min(begun, sync.seq) : sync.seq;
  return {
    objects: page.map((object) => show(tenant, object)),
    cookie: write({ epoch, seq, full: full && more, begun }),
    more,
  };
}

/** Objects that somebody deleted in the cloud become tombstones. */
function forgetDeleted({ sync, directory }: Tenant): void {
  for (const object of [...sync.all()]) if (!directory.active.has(object.id)) sync.remove(object);
}

function parse(text: string, epoch: string): Cookie {
  try {
    const cookie = JSON.parse(Buffer.from(text, 'base64').toString()) as Cookie;
    if (cookie.epoch === epoch && Number.isInteger(cookie.seq)) return cookie;
  } catch {
    // not one of ours: the answer below says it
  }
  throw new SyncFailure('InvalidProperty', 'The cookie is unknown; start a full read.');
}

/** The service spells the names with an upper-case letter when it answers. */
const pascal = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

function show(tenant: Tenant, object: SyncedObject | Tombstone): SyncObject {
  const text = (value: string): SyncValue => ({ type: 'string', value });
  const properties = new Map<string, SyncValue>([
    ['CloudAnchor', text(`${object.type}_${object.id}`)],
    ['SourceAnchor', text(object.sourceAnchor)],
  ]);
  if (!('values' in object)) return { type: object.type, operation: 'Delete', properties };
  for (const { name, value } of object.values.values()) properties.set(pascal(name), value);
  properties.set('CloudMastered', { type: 'boolean', value: false });
  const target = tenant.directory.active.get(object.id);
  const anchor = (id: string): string | undefined => cloudAnchor(tenant, id);
  if (object.type === 'Group' && target !== undefined && target.members.size > 0)
    properties.set('Member', { type: 'strings', values: [...target.members.keys()].flatMap((id) => anchor(id) ?? []) });
  const manager = target?.manager === undefined ? undefined : anchor(target.manager);
  if (manager !== undefined) properties.set('Manager', text(manager));
  return { type: object.type, operation: 'Set', properties };
}

const PREFIX: Readonly<Record<string, string>> = {
  user: 'User',
  group: 'Group',
  orgContact: 'Contact',
  device: 'Device',
};

function cloudAnchor({ directory }: Tenant, id: string): string | undefined {
  const type = directory.active.get(id)?.type;
  return type === undefined || PREFIX[type] === undefined ? undefined : `${PREFIX[type]}_${id}`;
}
