import { badProperty, badRequest, denied, GraphError } from '../graph/graph-error.js';
import type { Json, JsonObject } from '../json.js';
import type { ExtensionDefinition } from '../store/extension-definition.js';
import { checkExtension, checkType, invalidValue, unknownProperty } from './check-type.js';
import { propertiesOf } from './property-table.js';
import type { WritableType, WriteRules } from './write-rules.js';
import { writeRulesOf } from './write-rules.js';

/** What a check needs to know about the tenant. */
export interface WriteContext {
  readonly type: WritableType;
  readonly operation: 'create' | 'update';
  readonly extensions: ReadonlyMap<string, ExtensionDefinition>;
  /** Properties of the object an update changes. */
  readonly existing?: JsonObject | undefined;
}

/** Most extension values of one object (spec operations/graph-export.md section 9). */
const EXTENSION_VALUES = 100;

/** What stays with the cloud when an object is synchronized from on premises: everything else is mastered there (section 1). */
const CLOUD_OWNED = new Set([
  'ageGroup',
  'consentProvidedForMinor',
  'isAssignableToRole',
  'otherMails',
  'passwordPolicies',
  'passwordProfile',
  'usageLocation',
]);

function isMastered(name: string, { type, existing }: WriteContext): boolean {
  if (existing?.['onPremisesSyncEnabled'] !== true || type === 'device') return false;
  return !CLOUD_OWNED.has(name) && !name.startsWith('extension_');
}

/** 400 for a change to what is mastered on premises. */
export const onPremisesMastered = (): GraphError =>
  badRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  );

const TARGETS: Readonly<Record<WritableType, string>> = {
  user: 'User',
  group: 'Group',
  device: 'Device',
  application: 'Application',
};

/**
 * Checks the body of a create or an update against names, types, writability and lengths.
 * @returns the properties to store, annotations (`@odata.type`) left out.
 * @throws GraphError as Graph would answer.
 */
export function checkWrite(body: JsonObject, context: WriteContext): Record<string, Json> {
  const rules = writeRulesOf(context.type);
  const checked: Record<string, Json> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === '@odata.type' || name === '@odata.context') continue;
    checkOne(name, value, rules, context);
    if (isMastered(name, context)) throw onPremisesMastered();
    checked[name] = value;
  }
  checkExtensionCount({ ...context.existing, ...checked });
  if (context.operation === 'create') {
    for (const name of rules.required) {
      if (checked[name] === undefined || checked[name] === null) {
        throw badProperty(
          'InvalidValue',
          name,
          `A value is required for property '${name}' of resource '${rules.resource}'.`,
        );
      }
    }
  }
  return checked;
}

function checkOne(name: string, value: Json, rules: WriteRules, context: WriteContext): void {
  if (name.startsWith('extension_')) {
    const definition = context.extensions.get(name);
    if (definition === undefined || !definition.targetObjects.includes(TARGETS[context.type])) {
      throw unknownProperty(name);
    }
    checkExtension(definition, value, rules.resource);
    return;
  }
  const type = propertiesOf(context.type).get(name);
  if (type === undefined) throw unknownProperty(name);
  if (rules.delegatedOnly.has(name)) throw denied();
  if (!rules.writable.has(name)) throw readOnly(name);
  if (context.operation === 'update' && rules.createOnly.has(name)) throw readOnly(name);
  if (value === null) {
    if (rules.notClearable.has(name) || (type.collection && !type.nullable)) {
      throw invalidValue(name, rules.resource, 'NotNullable');
    }
    return;
  }
  checkType(name, type, value, rules.resource);
  checkLength(name, value, rules);
}

function checkExtensionCount(values: JsonObject): void {
  let count = 0;
  for (const name in values) {
    const value = name.startsWith('extension_') ? values[name] : null;
    if (value !== null) count += Array.isArray(value) ? value.length : 1;
  }
  if (count > EXTENSION_VALUES) {
    throw new GraphError(
      403,
      'Directory_QuotaExceeded',
      `An object can have at most ${EXTENSION_VALUES} extension values.`,
    );
  }
}

function checkLength(name: string, value: Json, rules: WriteRules): void {
  const limit = rules.lengths[name];
  if (limit === undefined) return;
  for (const item of Array.isArray(value) ? value : [value]) {
    if (typeof item === 'string' && item.length > limit) {
      throw badProperty(
        'InvalidLength',
        name,
        `Invalid value specified for property '${name}' of resource '${rules.resource}'. The value is too long.`,
      );
    }
  }
}

function readOnly(name: string): ReturnType<typeof badRequest> {
  return badRequest(`Property '${name}' is read-only and cannot be set.`, {
    code: 'InvalidValue',
    message: 'The property is read-only.',
    target: name,
  });
}
