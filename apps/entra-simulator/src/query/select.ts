import { badRequest } from '../graph/graph-error.js';
import type { Json, JsonObject } from '../json.js';
import type { EntityName } from '../schema/property-table.js';
import { propertiesOf } from '../schema/property-table.js';
import type { DirectoryObject, DirectoryType } from '../store/directory-object.js';
import { propertyOf } from '../store/directory-object.js';

const DEFAULTS: Readonly<Record<DirectoryType, readonly string[] | undefined>> = {
  // The small default set of users; everything else must be selected (section 1).
  user: [
    'businessPhones',
    'displayName',
    'givenName',
    'jobTitle',
    'mail',
    'mobilePhone',
    'officeLocation',
    'preferredLanguage',
    'surname',
    'userPrincipalName',
  ],
  group: undefined,
  device: undefined,
  orgContact: undefined,
  application: undefined,
};
/** Returned only on `$select`, or never. */
const HIDDEN = new Set(['passwordProfile', 'logo']);
const ODATA_TYPE: Readonly<Record<DirectoryType, string>> = {
  user: '#microsoft.graph.user',
  group: '#microsoft.graph.group',
  device: '#microsoft.graph.device',
  orgContact: '#microsoft.graph.orgContact',
  application: '#microsoft.graph.application',
};

/** The `@odata.type` of an object's type. */
export const odataType = (type: DirectoryType): string => ODATA_TYPE[type];

/** Refuses a name in `$select` the type does not have; unknown extension names are passed over. */
export function checkSelect(entity: EntityName, select: readonly string[], also: readonly string[] = []): void {
  const known = propertiesOf(entity);
  for (const name of select) {
    if (name === '*' || name.startsWith('extension_') || known.has(name) || also.includes(name)) continue;
    throw badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${entity}'.`,
    );
  }
}

/** The object as a reply shows it: the selected properties, or the default ones of its type. */
export function project(object: DirectoryObject, select: readonly string[] | undefined): JsonObject {
  const shown: Record<string, Json> = { id: object.id };
  if (select !== undefined && !select.includes('*')) {
    for (const name of select) addSelected(shown, object, name);
    return shown;
  }
  for (const name of DEFAULTS[object.type] ?? propertiesOf(object.type).keys()) {
    if (!HIDDEN.has(name)) shown[name] = valueOrEmpty(object, name);
  }
  if (DEFAULTS[object.type] === undefined) {
    for (const [name, value] of Object.entries(object.properties)) {
      if (name.startsWith('extension_') && value !== null) shown[name] = value;
    }
  }
  return shown;
}

function addSelected(shown: Record<string, Json>, object: DirectoryObject, name: string): void {
  const value = propertyOf(object, name);
  if (name === 'passwordProfile') shown[name] = null;
  // Directory extensions without a value are left out of replies.
  else if (name.startsWith('extension_')) {
    if (value !== undefined && value !== null) shown[name] = value;
  } else if (propertiesOf(object.type).has(name)) shown[name] = valueOrEmpty(object, name);
}

function valueOrEmpty(object: DirectoryObject, name: string): Json {
  const value = propertyOf(object, name);
  if (value !== undefined) return value;
  const type = propertiesOf(object.type).get(name);
  return type?.collection === true ? [] : null;
}
