import type { ReferenceTarget, WireChanges } from '@adjoin/contracts';
import {
  decodeScalar,
  decodeValues,
  DecodeError,
  guidText,
  parseExtendedDn,
  parseRange,
  rawAttribute,
  rawText,
  rawValue,
  rdnOf,
  rdnType,
} from '@adjoin/ad-ldap';
import type { AttributeSchema, ForestSchema, RawAttribute, RawEntry } from '@adjoin/ad-ldap';
import type { AttributePlan } from './attribute-plan.js';
import { objectTypeOf } from '@adjoin/ad-ldap';

/** Who and where an entry is. */
export interface EntryIdentity {
  /** objectGUID, lower-case text. */
  readonly guid: string;
  readonly dn: string;
  readonly rdn: string;
  /** GUID of the container, if the entry carried it (`parentGUID` comes with `name` only). */
  readonly parent: string | undefined;
  readonly deleted: boolean;
  /** By objectClass, if the entry carried it. */
  readonly type: string | undefined;
  /** The entry carried a new name or container. */
  readonly named: boolean;
}

/** Values of a multi-valued reference attribute in one entry. */
export type LinkValues =
  | { readonly mode: 'change'; readonly add: ReferenceTarget[]; readonly remove: ReferenceTarget[] }
  | {
      readonly mode: 'set';
      readonly values: ReferenceTarget[];
      /** Index of the first value that the server did not send. */ readonly nextIndex: number | undefined;
    };

export interface TranslatedEntry {
  readonly attributes: WireChanges;
  readonly links: Readonly<Record<string, LinkValues>>;
}

/** Identity of an entry. Throws {@link DecodeError} when it has no usable objectGUID. */
export function identifyEntry(entry: RawEntry): EntryIdentity {
  const { guid: guidOfDn, dn } = parseExtendedDn(entry.dn);
  const bytes = rawValue(entry, 'objectGUID');
  const guid = bytes === undefined ? guidOfDn : guidText(bytes);
  if (guid === undefined) throw new DecodeError('objectGUID', 'missing');
  const parent = rawValue(entry, 'parentGUID');
  const classes = rawAttribute(entry, 'objectClass');
  return {
    guid,
    dn,
    rdn: rdnOf(dn),
    parent: parent === undefined ? undefined : guidText(parent),
    deleted: rawText(entry, 'isDeleted') === 'TRUE',
    type: classes === undefined ? undefined : objectTypeOf(classes.values.map((value) => value.toString('utf8'))),
    named: rawText(entry, 'name') !== undefined || parent !== undefined,
  };
}

/**
 * Attributes and references of an entry as they are published for objects of `type`. An attribute without values is null (cleared);
 * an attribute that did not come is not mentioned. Throws {@link DecodeError} for a value that is not what the schema says.
 */
export function translateEntry(
  entry: RawEntry,
  type: string,
  plan: AttributePlan,
  schema: ForestSchema,
): TranslatedEntry {
  const attributes: WireChanges = {};
  const links: Record<string, LinkValues> = {};
  for (const attribute of entry.attributes) {
    if (!plan.publishes(type, attribute.name)) continue;
    const found = schema.find(attribute.name);
    if (found === undefined) continue;
    const known = plan.named(found);
    if (known.kind === 'dn' && !known.singleValued) addLinkValues(links, known, attribute);
    else if (known.kind === 'dn' && known.link === 'forward') addSlot(attributes, known, attribute);
    else attributes[known.name] = decodeValues(known, attribute.values);
  }
  synthesizeRdnAttribute(entry, attributes);
  return { attributes, links };
}

/** Single-valued links: under incremental values `manager;range=1-1` sets and `;range=0-0` removes, in either order. */
function addSlot(attributes: WireChanges, schema: AttributeSchema, attribute: RawAttribute): void {
  const removed = isRemoval(attribute);
  const [value] = attribute.values;
  if (removed || value === undefined) attributes[schema.name] ??= null;
  else attributes[schema.name] = decodeScalar(schema, value);
}

function addLinkValues(links: Record<string, LinkValues>, schema: AttributeSchema, attribute: RawAttribute): void {
  const targets = attribute.values.flatMap((value) => referenceTarget(schema, value));
  const range = parseRange(attribute.option);
  const isChange = schema.link === 'forward' && (isAddition(attribute) || isRemoval(attribute));
  if (isChange) {
    const known = links[schema.name];
    const change = known?.mode === 'change' ? known : { mode: 'change' as const, add: [], remove: [] };
    (isRemoval(attribute) ? change.remove : change.add).push(...targets);
    links[schema.name] = change;
    return;
  }
  const nextIndex = range?.high === undefined ? undefined : range.high + 1;
  const known = links[schema.name];
  // AD sends `member` empty beside `member;range=0-1499`: the range is the one that counts.
  if (known?.mode === 'set' && attribute.option === undefined && targets.length === 0) return;
  links[schema.name] = { mode: 'set', values: targets, nextIndex };
}

const isAddition = (attribute: RawAttribute): boolean => attribute.option?.toLowerCase() === 'range=1-1';
const isRemoval = (attribute: RawAttribute): boolean => attribute.option?.toLowerCase() === 'range=0-0';

/** A reference needs the GUID of its target; one without (a phantom the server cannot name) is left out. */
export function referenceTarget(schema: AttributeSchema, value: Buffer): ReferenceTarget[] {
  const decoded = decodeScalar(schema, value);
  return typeof decoded === 'object' && '$ref' in decoded ? [decoded] : [];
}

/** DirSync never returns the RDN attribute: `cn` or `ou` is made from `name`. */
function synthesizeRdnAttribute(entry: RawEntry, attributes: WireChanges): void {
  const name = rawText(entry, 'name');
  const attribute = rdnType(rdnOf(parseExtendedDn(entry.dn).dn));
  if (name !== undefined && attribute !== '' && attribute !== 'dc') attributes[attribute] = name;
}
