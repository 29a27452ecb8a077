import type { GraphError } from '../graph/graph-error.js';
import { badProperty, badRequest } from '../graph/graph-error.js';
import type { Json } from '../json.js';
import { isJsonObject } from '../json.js';
import type { ExtensionDefinition } from '../store/extension-definition.js';
import type { PropertyType } from './property-table.js';
import { complexTypeOf } from './property-table.js';

const DATE_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const INT32 = 2_147_483_647;

const isDate = (value: Json): boolean =>
  typeof value === 'string' && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value));
const isInteger = (value: Json, limit: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value <= limit && value >= -limit - 1;

const PRIMITIVES: Readonly<Record<string, (value: Json) => boolean>> = {
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Int32: (value) => isInteger(value, INT32),
  Int64: (value) => isInteger(value, Number.MAX_SAFE_INTEGER),
  Guid: (value) => typeof value === 'string' && GUID.test(value),
  DateTimeOffset: isDate,
  Binary: (value) => typeof value === 'string' && BASE64.test(value),
};

/** 400 for a property the type does not have. */
export function unknownProperty(name: string): GraphError {
  return badRequest(`Invalid property '${name}'.`);
}

/** 400 for a value the property does not take. */
export function invalidValue(property: string, resource: string, code = 'InvalidValue'): GraphError {
  return badProperty(code, property, `Invalid value specified for property '${property}' of resource '${resource}'.`);
}

/** Refuses a value that has not the type of the table; `path` names the property in the error. */
export function checkType(path: string, type: PropertyType, value: Json, resource: string): void {
  if (type.collection) {
    if (!Array.isArray(value)) throw typeMismatch(path, `Collection(${type.name})`);
    for (const item of value) checkScalar(path, type, item, resource);
    return;
  }
  if (value !== null) checkScalar(path, type, value, resource);
}

function checkScalar(path: string, type: PropertyType, value: Json, resource: string): void {
  const primitive = PRIMITIVES[type.name];
  if (primitive !== undefined) {
    if (!primitive(value)) throw typeMismatch(path, type.name);
    // The service refuses empty strings; a property is cleared with null.
    if (value === '') throw invalidValue(path, resource);
    return;
  }
  const members = complexTypeOf(type.name);
  // An enumeration travels as its name.
  if (members === undefined) {
    if (typeof value !== 'string') throw typeMismatch(path, type.name);
    return;
  }
  if (!isJsonObject(value)) throw typeMismatch(path, type.name);
  for (const [name, item] of Object.entries(value)) {
    const member = members.get(name);
    if (member === undefined) throw unknownProperty(`${path}/${name}`);
    checkType(`${path}/${name}`, member, item, resource);
  }
}

function typeMismatch(path: string, type: string): GraphError {
  return badRequest(`A value of property '${path}' could not be converted to the type '${type}'.`, {
    code: 'InvalidValue',
    message: 'The value has the wrong type.',
    target: path,
  });
}

const LIMIT = { binaryBytes: 256, stringChars: 256 } as const;

function isExtensionValue(type: ExtensionDefinition['dataType'], value: Json): boolean {
  switch (type) {
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Integer':
      return isInteger(value, INT32);
    case 'LargeInteger':
      return isInteger(value, Number.MAX_SAFE_INTEGER);
    case 'DateTime':
      return isDate(value);
    case 'String':
      return typeof value === 'string' && value.length > 0 && value.length <= LIMIT.stringChars;
    case 'Binary':
      return (
        typeof value === 'string' && BASE64.test(value) && Buffer.from(value, 'base64').length <= LIMIT.binaryBytes
      );
  }
}

/** Refuses a value that a directory extension does not take (spec operations/graph-export.md section 9). */
export function checkExtension(definition: ExtensionDefinition, value: Json, resource: string): void {
  if (value === null) return;
  if (definition.isMultiValued !== Array.isArray(value)) throw invalidValue(definition.name, resource);
  const values = Array.isArray(value) ? value : [value];
  if (!values.every((item) => isExtensionValue(definition.dataType, item))) {
    throw invalidValue(definition.name, resource);
  }
}
