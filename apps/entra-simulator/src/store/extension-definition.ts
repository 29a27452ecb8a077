/** Data types of directory extensions (spec operations/graph-export.md section 9). */
export const EXTENSION_TYPES = ['Binary', 'Boolean', 'DateTime', 'Integer', 'LargeInteger', 'String'] as const;
export type ExtensionType = (typeof EXTENSION_TYPES)[number];

/** Objects an extension can be defined for. */
export const EXTENSION_TARGETS = [
  'User',
  'Group',
  'AdministrativeUnit',
  'Application',
  'Device',
  'Organization',
] as const;

/** A registered directory extension. `name` is the full one, `extension_<appId>_<name>`. */
export interface ExtensionDefinition {
  readonly id: string;
  readonly name: string;
  /** Object id of the application that registered it. */
  readonly applicationId: string;
  readonly appDisplayName: string;
  readonly dataType: ExtensionType;
  readonly isMultiValued: boolean;
  readonly targetObjects: readonly string[];
}
