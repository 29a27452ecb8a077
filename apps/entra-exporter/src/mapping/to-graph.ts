import {
  GRAPH_ATTRIBUTES,
  SyncError,
  isWireRef,
  type ExportMessage,
  type GraphAttribute,
  type WireScalar,
  type WireValue,
} from '@adjoin/contracts';
import type { ExtensionDefinition } from '@adjoin/graph';
import type { Tenant } from '../tenant/tenant-info.js';
import { extensionsOf, toExtension } from './extensions.js';
import {
  acceptedUpn,
  byName,
  groupNicknameOf,
  mailNickname,
  nicknameOf,
  textOf,
  type AttributesByName,
} from './user-names.js';

/**
 * A value we sent although the engine asked for another; null = none. The confirming import reports `asked` while the cloud shows `sent`.
 */
export interface ShadowValue {
  readonly asked: string | null;
  readonly sent: string | null;
}
/** An export as Graph wants it. */
export interface GraphWrite {
  readonly body: Readonly<Record<string, unknown>>;
  /** Cloud id of the manager, null = clear, undefined = nothing to do. */
  readonly manager: string | null | undefined;
  readonly unsupported: readonly string[];
  /** By connector-space attribute. */
  readonly shadows: Readonly<Record<string, ShadowValue>>;
  /** Attributes with a possible shadow that now are sent as asked. */
  readonly plain: readonly string[];
}
type WritableType = 'user' | 'group' | 'device';

const TABLE: Readonly<Record<WritableType, ReadonlyMap<string, readonly [string, GraphAttribute]>>> = {
  user: byLowerCase(GRAPH_ATTRIBUTES.user),
  group: byLowerCase(GRAPH_ATTRIBUTES.group),
  device: byLowerCase(GRAPH_ATTRIBUTES.device),
};
function byLowerCase(
  table: Readonly<Record<string, GraphAttribute>>,
): ReadonlyMap<string, readonly [string, GraphAttribute]> {
  return new Map(Object.entries(table).map((entry) => [entry[0].toLowerCase(), entry]));
}
/** Always part of an export, never a property of the object. */
const MECHANICAL = new Set(['dn', 'objecttype', 'cloudmastered', 'cloudanchor', 'groupmembercount']);

/**
 * Translates the attributes of an export by the one table ({@link GRAPH_ATTRIBUTES}).
 * @param nickname current mailNickname of the cloud object, for an update whose user principal name must be substituted.
 * @throws ADJ-EXP-3006 for a value that Graph cannot take, naming the attribute; ADJ-EXP-3008 for a type it cannot hold.
 */
export function toGraph(message: ExportMessage, tenant: Tenant, nickname?: string): GraphWrite {
  const type = message.objectType;
  if (type === 'contact')
    throw new SyncError('ADJ-EXP-3008', 'Microsoft Graph cannot write contacts.', { object: message.objectId });
  const state: Draft = {
    body: {},
    manager: undefined,
    unsupported: [],
    shadows: {},
    plain: [],
    create: message.operation === 'add',
  };
  const extensions = extensionsOf(type, tenant.extensions);
  for (const [name, value] of Object.entries(message.attributes)) {
    if (MECHANICAL.has(name.toLowerCase())) continue;
    const entry = TABLE[type].get(name.toLowerCase());
    const extension = entry === undefined ? extensions.find((one) => sameName(one.name, name)) : undefined;
    if (extension !== undefined) putExtension(state, extension, value);
    else if (entry === undefined || entry[1].readOnly === true) state.unsupported.push(name);
    else put(state, entry, value);
  }
  const given = byName(message.attributes);
  if (type === 'user') completeUser(state, message, given, { tenant, nickname });
  if (state.create) completeNew(state, message, given, tenant);
  else if ('securityEnabled' in state.body && !isUnified(message))
    requireSecurity(state.body['securityEnabled'], message);
  return state;
}

interface Draft {
  readonly body: Record<string, unknown>;
  manager: string | null | undefined;
  readonly unsupported: string[];
  readonly shadows: Record<string, ShadowValue>;
  readonly plain: string[];
  readonly create: boolean;
}

function put(state: Draft, [name, attribute]: readonly [string, GraphAttribute], value: WireValue | null): void {
  if (attribute.createOnly === true && !state.create) return;
  const empty = value === null || (Array.isArray(value) && value.length === 0) || value === '';
  switch (attribute.kind) {
    case 'manager':
      state.manager = empty ? null : referenceOf(name, value);
      return;
    case 'anchor': // never changes after the create, which takes it from the message (engine/entra-service.md section 1)
    case 'members': // sent as references
    case 'upn': // depends on other values, see completeUser
      return;
    case 'first':
      state.body[attribute.graph] = empty ? [] : [text(name, attribute, value)];
      return;
    case 'list':
      state.body[attribute.graph] = empty
        ? []
        : (Array.isArray(value) ? value : [value]).map((item) => text(name, attribute, item));
      return;
    case 'boolean':
      if (!empty) state.body[attribute.graph] = booleanOf(name, value);
      return;
    case 'text':
      putText(state, name, attribute, empty ? null : text(name, attribute, value));
      return;
    default:
      state.unsupported.push(name);
  }
}

const sameName = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** A create names no empty values. */
function putExtension(state: Draft, extension: ExtensionDefinition, value: WireValue | null): void {
  const sent = toExtension(extension, value);
  if (!state.create || (sent !== null && !(Array.isArray(sent) && sent.length === 0)))
    state.body[extension.name] = sent;
}

/** A property that Graph refuses to clear keeps its value; the result tells so. */
function putText(state: Draft, name: string, attribute: GraphAttribute, value: string | null): void {
  if (value !== null) {
    state.body[attribute.graph] = value;
    state.plain.push(name);
  } else if (attribute.notClearable !== true) {
    if (state.create) return;
    state.body[attribute.graph] = null;
    state.plain.push(name);
  } else if (!state.create) state.unsupported.push(name);
}

function completeUser(
  state: Draft,
  message: ExportMessage,
  given: AttributesByName,
  { tenant, nickname }: { tenant: Tenant; nickname: string | undefined },
): void {
  const alias = textOf(given, 'alias');
  const own = nickname ?? mailNickname(given);
  const asked = textOf(given, 'userprincipalname');
  if (state.create) {
    const chosen = nicknameOf(alias) ?? own ?? `u${message.sourceAnchor.replace(/[^A-Za-z0-9]/g, '').slice(0, 40)}`;
    send(state, 'alias', 'mailNickname', alias, chosen);
    send(state, 'userPrincipalName', 'userPrincipalName', asked, acceptedUpn(asked, chosen, tenant.domains));
    state.body['accountEnabled'] ??= true;
    state.body['onPremisesImmutableId'] = message.sourceAnchor;
    return;
  }
  if (alias !== undefined) send(state, 'alias', 'mailNickname', alias, nicknameOf(alias) ?? 'user');
  if (asked !== undefined) {
    const upn = acceptedUpn(asked, nicknameOf(alias) ?? own ?? 'user', tenant.domains);
    if (upn.length > 113) throw tooLong('userPrincipalName', upn.length, 113);
    send(state, 'userPrincipalName', 'userPrincipalName', asked, upn);
  }
}

/** What the service requires of a new object beyond what the rules gave. */
function completeNew(state: Draft, message: ExportMessage, given: AttributesByName, tenant: Tenant): void {
  const { body } = state;
  const type = message.objectType;
  const shown = textOf(given, 'displayname');
  const title =
    shown ?? textOf(given, 'commonname') ?? String(body['mailNickname'] ?? message.name ?? message.sourceAnchor);
  send(state, 'displayName', 'displayName', shown, title);
  if (type === 'group') {
    const unified = isUnified(message);
    if (!unified) requireSecurity(body['securityEnabled'] ?? true, message);
    const alias = textOf(given, 'alias');
    send(state, 'alias', 'mailNickname', alias, groupNicknameOf(alias) ?? groupNicknameOf(title) ?? 'group');
    Object.assign(body, {
      mailEnabled: unified,
      securityEnabled: unified ? (body['securityEnabled'] ?? false) : true,
      groupTypes: unified ? ['Unified'] : [],
      [tenant.anchorExtension]: message.sourceAnchor,
    });
  }
  if (type === 'device') completeDevice(body, message, tenant);
}

function completeDevice(body: Record<string, unknown>, message: ExportMessage, tenant: Tenant): void {
  const deviceId = body['deviceId'];
  if (typeof deviceId !== 'string')
    throw new SyncError('ADJ-EXP-3006', 'deviceId is missing; a device cannot be created without it.', {
      object: message.objectId,
    });
  body['accountEnabled'] ??= true;
  body['operatingSystem'] ??= 'Windows';
  body['operatingSystemVersion'] ??= 'unknown';
  // Type 2 = key of the device; the key text of a domain-joined computer is not known here, the id stands for it.
  body['alternativeSecurityIds'] = [{ type: 2, key: Buffer.from(`X509:<DEVICE>${deviceId}`).toString('base64') }];
  body[tenant.anchorExtension] = message.sourceAnchor;
}

/** A Microsoft 365 group; it may lack security, and its members are users. */
function isUnified({ attributes }: ExportMessage): boolean {
  const types = byName(attributes).get('grouptypes');
  return (Array.isArray(types) ? types : [types]).includes('Unified');
}

function requireSecurity(value: unknown, message: ExportMessage): void {
  if (value === true) return;
  throw new SyncError(
    'ADJ-EXP-3008',
    'The group is not security-enabled: Microsoft Graph writes security groups and Microsoft 365 groups only.',
    { object: message.objectId },
  );
}

function send(state: Draft, name: string, property: string, asked: string | undefined, sent: string): void {
  state.body[property] = sent;
  if (asked === sent) state.plain.push(name);
  else state.shadows[name] = { asked: asked ?? null, sent };
}

function text(name: string, attribute: GraphAttribute, value: WireValue | null): string {
  const single: WireScalar | null | undefined = Array.isArray(value) ? value[0] : value;
  if (single === null || single === undefined || typeof single === 'object')
    throw new SyncError('ADJ-EXP-3006', `${name} must be text.`);
  const result = String(single);
  if (attribute.max !== undefined && result.length > attribute.max) throw tooLong(name, result.length, attribute.max);
  return result;
}

const tooLong = (name: string, length: number, max: number): SyncError =>
  new SyncError('ADJ-EXP-3016', `${name} has ${length} characters; the service takes ${max}.`);

function booleanOf(name: string, value: WireValue | null): boolean {
  const single = Array.isArray(value) ? value[0] : value;
  if (typeof single === 'boolean') return single;
  if (typeof single === 'string' && /^(true|false)$/i.test(single)) return single.toLowerCase() === 'true';
  throw new SyncError('ADJ-EXP-3006', `${name} must be True or False.`);
}

function referenceOf(name: string, value: WireValue | null): string {
  const single = Array.isArray(value) ? value[0] : value;
  if (isWireRef(single)) return single.$ref;
  throw new SyncError('ADJ-EXP-3006', `${name} must be a reference.`);
}
