import type { ObjectResult, SyncObject, SyncValue } from '@adjoin/sync-service';
import type { Tenant } from '../graph/tenant.js';
import type { DirectoryObject } from '../store/directory-object.js';
import { calculate, type Changed } from './calculate.js';
import { checkObject, type CheckedObject } from './check-object.js';
import { textOf } from './graph-view.js';
import { applyLinks, resolveLinks } from './links.js';
import { findMatch } from './matching.js';
import { SyncFailure } from './sync-failure.js';
import { DIRECTORY_TYPE, type SyncedObject } from './sync-state.js';

/** Applies one object of a call; a refused one changes nothing. */
export function provisionObject(tenant: Tenant, object: SyncObject): ObjectResult {
  const sourceAnchor = anchorOf(object);
  try {
    const checked = checkObject(object);
    const synced = checked.operation === 'Delete' ? remove(tenant, checked) : put(tenant, checked);
    return {
      type: object.type,
      sourceAnchor: synced?.sourceAnchor ?? sourceAnchor,
      cloudAnchor: synced === undefined ? undefined : `${synced.type}_${synced.id}`,
      succeeded: true,
      errorCode: undefined,
      errorDescription: undefined,
    };
  } catch (error) {
    if (!(error instanceof SyncFailure)) throw error;
    return {
      type: object.type,
      sourceAnchor,
      cloudAnchor: undefined,
      succeeded: false,
      errorCode: error.code,
      errorDescription: error.message,
    };
  }
}

function anchorOf(object: SyncObject): string | undefined {
  const value = object.properties.get('SourceAnchor');
  return value?.type === 'string' ? value.value : undefined;
}

/** A known object by either anchor. @throws SyncFailure SourceAnchorChanged */
function known(tenant: Tenant, { type, cloudId, sourceAnchor }: CheckedObject): SyncedObject | undefined {
  const byCloud = cloudId === undefined ? undefined : tenant.sync.byId(cloudId);
  if (byCloud !== undefined && sourceAnchor !== undefined && byCloud.sourceAnchor !== sourceAnchor)
    throw new SyncFailure('SourceAnchorChanged', 'The source anchor of an object cannot be changed.');
  const synced = byCloud ?? (sourceAnchor === undefined ? undefined : tenant.sync.byAnchor(type, sourceAnchor));
  if (synced === undefined) return undefined;
  if (tenant.directory.active.has(synced.id)) return synced;
  // Deleted by somebody else: what was known of it is over, an export finds or makes it anew.
  tenant.sync.remove(synced);
  return undefined;
}

function remove(tenant: Tenant, object: CheckedObject): SyncedObject | undefined {
  const synced = known(tenant, object);
  if (synced === undefined) {
    const other = object.cloudId === undefined ? undefined : tenant.directory.active.get(object.cloudId);
    if (other !== undefined)
      throw new SyncFailure('DeletionAccessViolation', 'The object is not synchronized from on premises.');
    return undefined;
  }
  const target = tenant.directory.active.get(synced.id);
  if (target !== undefined) {
    tenant.directory.update(target, { onPremisesSyncEnabled: null });
    tenant.directory.remove(target);
  }
  tenant.sync.remove(synced);
  return synced;
}

function put(tenant: Tenant, object: CheckedObject): SyncedObject {
  const links = resolveLinks(tenant, object);
  const existing = known(tenant, object);
  const synced = existing === undefined ? adopt(tenant, object) : change(tenant, existing, object);
  const target = tenant.directory.active.get(synced.id);
  if (target !== undefined) applyLinks(tenant, target, links);
  tenant.sync.touch(synced);
  return synced;
}

const LINKS = new Set(['member', 'manager']);

/** Values after the change; the caller puts them in place once the rest has been checked. */
function merged(before: SyncedObject['values'] | undefined, object: CheckedObject): SyncedObject['values'] {
  const values = new Map(before);
  for (const { name, value } of object.values) {
    if (LINKS.has(name)) continue;
    const key = name.toLowerCase();
    if (value.type === 'nil') values.delete(key);
    else
      values.set(key, { name, value: value.type === 'references' ? references(values.get(key)?.value, value) : value });
  }
  return values;
}

/** Other references than members are kept as the list of anchors that is left. */
function references(before: SyncValue | undefined, { changes }: Extract<SyncValue, { type: 'references' }>): SyncValue {
  const anchors = new Set(before?.type === 'strings' ? before.values : []);
  for (const { operation, anchor } of changes) {
    if (operation === 'add') anchors.add(anchor);
    else anchors.delete(anchor);
  }
  return { type: 'strings', values: [...anchors] };
}

/** An object that is new to the sync: matched with one of the cloud, restored, or created. */
function adopt(tenant: Tenant, object: CheckedObject): SyncedObject {
  const { sourceAnchor } = object;
  if (sourceAnchor === undefined) throw new SyncFailure('ObjectNotFound', 'There is no object with this cloud anchor.');
  requireMinimum(object);
  const match = findMatch(tenant, { ...object, sourceAnchor });
  const { directory } = tenant;
  const id = match.kind === 'none' ? directory.newId() : match.object.id;
  const draft: SyncedObject = {
    id,
    type: object.type,
    sourceAnchor,
    values: merged(undefined, object),
    seq: 0,
    quarantined: [],
  };
  const current = match.kind === 'none' ? undefined : match.object;
  checkUnique(tenant, draft);
  const { properties, quarantined } = calculate(tenant, draft, current, { first: true, upn: true, alias: true });
  if (match.kind === 'recycled') directory.restore(match.object, String(properties['userPrincipalName']));
  if (current !== undefined) directory.update(current, properties);
  else directory.create({ id, type: DIRECTORY_TYPE[object.type], properties: created(tenant, properties) });
  const synced = tenant.sync.add(draft);
  for (const [key, value] of draft.values) synced.values.set(key, value);
  synced.quarantined = quarantined;
  return synced;
}

const created = (tenant: Tenant, properties: DirectoryObject['properties']): DirectoryObject['properties'] => ({
  ...Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null)),
  createdDateTime: new Date(tenant.directory.now()).toISOString(),
});

/** Spec engine/attributes.md, Limits: minimum mandatory. */
function requireMinimum({ type, values }: CheckedObject): void {
  const has = (name: string): boolean => values.some((one) => one.name === name && one.value.type !== 'nil');
  if (type === 'User' && !has('accountEnabled'))
    throw new SyncFailure('InvalidProperty', 'A user needs accountEnabled.');
  if (type === 'Contact' && !has('mail') && !has('proxyAddresses') && !has('targetAddress'))
    throw new SyncFailure('InvalidProperty', 'A contact needs an address.');
  if (type === 'Device' && !has('deviceId')) throw new SyncFailure('InvalidProperty', 'A device needs deviceId.');
}

function change(tenant: Tenant, synced: SyncedObject, object: CheckedObject): SyncedObject {
  const target = tenant.directory.active.get(synced.id);
  if (target === undefined) return synced;
  const draft: SyncedObject = { ...synced, values: merged(synced.values, object) };
  checkUnique(tenant, draft);
  const differs = (name: string): boolean => textOf(synced, name) !== textOf(draft, name);
  const changed: Changed = { first: false, upn: differs('userPrincipalName'), alias: differs('alias') };
  const { properties, quarantined } = calculate(tenant, draft, target, changed);
  synced.values.clear();
  for (const [key, value] of draft.values) synced.values.set(key, value);
  synced.quarantined = quarantined;
  tenant.directory.update(target, properties);
  return synced;
}

/** What duplicate resiliency does not cover (spec engine/entra-service.md sections 4 and 5): the security identifier. */
function checkUnique(tenant: Tenant, draft: SyncedObject): void {
  const key = sidKey(draft);
  const holder = key === undefined ? undefined : tenant.sync.sids.get(key);
  const other = holder === undefined || holder === draft.id ? undefined : tenant.sync.byId(holder);
  if (other !== undefined && sidKey(other) === key)
    throw new SyncFailure('AttributeValueMustBeUnique', 'onPremiseSecurityIdentifier is used by another object.');
  if (key !== undefined) tenant.sync.sids.set(key, draft.id);
}

function sidKey({ type, values }: SyncedObject): string | undefined {
  const sid = values.get('onpremisesecurityidentifier')?.value;
  return sid?.type === 'binary' ? `${type}/${Buffer.from(sid.value).toString('hex')}` : undefined;
}

/** How often held-back values are looked at (section 4). */
const HEAL_MS = 3_600_000;

/** The hourly job: values whose conflict is gone are given back. */
export function heal(tenant: Tenant): void {
  const now = tenant.directory.now();
  if (now - tenant.sync.healedAt < HEAL_MS) return;
  tenant.sync.healedAt = now;
  for (const synced of tenant.sync.all()) {
    const target = synced.quarantined.length === 0 ? undefined : tenant.directory.active.get(synced.id);
    if (target === undefined) continue;
    const { properties, quarantined } = calculate(tenant, synced, target, { first: false, upn: false, alias: false });
    synced.quarantined = quarantined;
    tenant.directory.update(target, properties);
  }
}
