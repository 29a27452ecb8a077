import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import type { Json, JsonObject } from '../../json.js';
import { stringsOf } from '../../json.js';
import { checkType, unknownProperty } from '../../schema/check-type.js';
import { propertiesOf } from '../../schema/property-table.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import type { ExtensionDefinition } from '../../store/extension-definition.js';
import { EXTENSION_TARGETS, EXTENSION_TYPES } from '../../store/extension-definition.js';
import { bodyOf } from '../body.js';
import { badProperty, notFound, objectConflict } from '../graph-error.js';
import { applicationOf } from './application-routes.js';

const READ = [
  'Application.Read.All',
  'Application.ReadWrite.All',
  'Application.ReadWrite.OwnedBy',
  'Directory.Read.All',
];
const WRITE = ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'];
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

const show = (definition: ExtensionDefinition): JsonObject => ({
  id: definition.id,
  deletedDateTime: null,
  appDisplayName: definition.appDisplayName,
  dataType: definition.dataType,
  isMultiValued: definition.isMultiValued,
  isSyncedFromOnPremises: false,
  name: definition.name,
  targetObjects: definition.targetObjects,
});

function readDefinition(body: JsonObject, application: DirectoryObject, id: string): ExtensionDefinition {
  for (const [name, value] of Object.entries(body)) {
    const type = propertiesOf('extensionProperty').get(name);
    if (type === undefined || name === 'appDisplayName' || name === 'isSyncedFromOnPremises')
      throw unknownProperty(name);
    checkType(name, type, value, 'ExtensionProperty');
  }
  const { name, isMultiValued } = body;
  const dataType = EXTENSION_TYPES.find((known) => known === body['dataType']);
  const targetObjects = stringsOf(body['targetObjects']);
  if (typeof name !== 'string' || !NAME.test(name)) throw invalid('name');
  if (dataType === undefined) throw invalid('dataType');
  const known: readonly string[] = EXTENSION_TARGETS;
  if (targetObjects.length === 0 || !targetObjects.every((target) => known.includes(target)))
    throw invalid('targetObjects');
  return {
    id,
    name: `extension_${String(application.properties['appId']).replaceAll('-', '')}_${name}`,
    applicationId: application.id,
    appDisplayName: String(application.properties['displayName']),
    dataType,
    isMultiValued: isMultiValued === true,
    targetObjects,
  };
}

const invalid = (property: string): Error =>
  badProperty(
    'InvalidValue',
    property,
    `Invalid value specified for property '${property}' of resource 'ExtensionProperty'.`,
  );

function create(call: Call): GraphReply {
  const { directory } = call.tenant;
  const definition = readDefinition(bodyOf(call.request), applicationOf(call), directory.newId());
  if (directory.extensions.has(definition.name)) throw objectConflict('name');
  directory.extensions.set(definition.name, definition);
  return { status: 201, body: show(definition) };
}

const list = (call: Call, definitions: readonly ExtensionDefinition[]): GraphReply => ({
  status: 200,
  body: {
    '@odata.context': `${call.tenant.linkBase()}/$metadata#extensionProperties`,
    value: definitions.map(show),
  },
});

function listOwn(call: Call): GraphReply {
  const application = applicationOf(call);
  const all = [...call.tenant.directory.extensions.values()];
  const wanted = call.request.query.get('$filter');
  const name = wanted === null ? undefined : /^name eq '([^']*)'$/.exec(wanted.trim())?.[1];
  return list(
    call,
    all.filter((one) => one.applicationId === application.id && (name === undefined || one.name === name)),
  );
}

function find(call: Call): ExtensionDefinition {
  const application = applicationOf(call);
  const id = call.param('extension').toLowerCase();
  const found = [...call.tenant.directory.extensions.values()].find(
    (one) => one.id === id && one.applicationId === application.id,
  );
  if (found === undefined) throw notFound(id);
  return found;
}

function remove(call: Call): GraphReply {
  call.tenant.directory.extensions.delete(find(call).name);
  return noContent;
}

/** All extensions of the tenant; none of them is synced from on-premises. */
function available(call: Call): GraphReply {
  const synced: Json | undefined = bodyOf(call.request)['isSyncedFromOnPremises'];
  return list(call, synced === true ? [] : [...call.tenant.directory.extensions.values()]);
}

/** Directory extensions (spec operations/graph-export.md section 9). */
export const extensionRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/applications/{id}/extensionProperties', permissions: READ, cost: 1, handler: listOwn },
  { method: 'POST', pattern: '/applications/{id}/extensionProperties', permissions: WRITE, cost: 1, handler: create },
  {
    method: 'GET',
    pattern: '/applications/{id}/extensionProperties/{extension}',
    permissions: READ,
    cost: 1,
    handler: (call) => ({ status: 200, body: show(find(call)) }),
  },
  {
    method: 'DELETE',
    pattern: '/applications/{id}/extensionProperties/{extension}',
    permissions: WRITE,
    cost: 1,
    handler: remove,
  },
  {
    method: 'POST',
    pattern: '/directoryObjects/getAvailableExtensionProperties',
    permissions: READ,
    cost: 1,
    handler: available,
  },
];
