import type { AttributeSchema, ForestSchema } from '@adjoin/ad-ldap';

/** Attributes of each object type that the active rules read, and that are therefore imported. */
export type Inclusion = Readonly<Record<string, readonly string[]>>;

/** Read and published for every object whatever the rules say: identity, scope, deletion and account state. */
const ALWAYS = [
  'objectGUID',
  'objectClass',
  'objectSid',
  'name',
  'isCriticalSystemObject',
  'adminDescription',
  'userAccountControl',
  'groupType',
  'member',
  'manager',
] as const;

/** Needed for the import itself, published in other fields or not at all. */
const INTERNAL = ['parentGUID', 'isDeleted', 'lastKnownParent'] as const;

/** Derived: the RDN attributes never come by DirSync and are made from `name`; the engine derives DNs. */
const DERIVED = new Set(['cn', 'ou', 'dn', 'distinguishedname', 'canonicalname', 'rdn']);

/** What is requested from a partition and what of it is published for which type. */
export class AttributePlan {
  /** Names to request, sorted; the domain controller ignores what its schema does not know. */
  readonly requested: readonly string[];
  readonly #published: ReadonlyMap<string, ReadonlySet<string>>;
  /** Answers given, by type and by name as servers write it; there are few of both. */
  readonly #answers = new Map<string, Map<string, boolean>>();
  /** Names as the rules write them, where the schema of the forest writes them otherwise (`mS-DS-ConsistencyGuid`). */
  readonly #spellings = new Map<string, string>();
  readonly #always: ReadonlySet<string> = new Set(ALWAYS.map((name) => name.toLowerCase()));

  constructor(inclusion: Inclusion, schema: ForestSchema) {
    const wanted = new Map<string, string>([...ALWAYS, ...INTERNAL].map((name) => [name.toLowerCase(), name]));
    const published = new Map<string, ReadonlySet<string>>();
    for (const [type, names] of Object.entries(inclusion)) {
      const known = names.filter(
        (name) =>
          !DERIVED.has(name.toLowerCase()) && schema.find(name) !== undefined && schema.find(name)?.link !== 'back',
      );
      for (const name of known) {
        const spelled = schema.find(name)?.name ?? name;
        wanted.set(name.toLowerCase(), spelled);
        if (spelled !== name) this.#spellings.set(spelled, name);
      }
      published.set(type, new Set(known.map((name) => name.toLowerCase())));
    }
    this.requested = [...wanted.values()].sort();
    this.#published = published;
  }

  publishes(type: string, attribute: string): boolean {
    const answers = this.#answers.get(type) ?? new Map<string, boolean>();
    this.#answers.set(type, answers);
    const known = answers.get(attribute);
    if (known !== undefined) return known;
    const key = attribute.toLowerCase();
    const answer = this.#always.has(key) || this.#published.get(type)?.has(key) === true;
    answers.set(attribute, answer);
    return answer;
  }

  /** The attribute of the schema under the name that rules know it by. */
  named(attribute: AttributeSchema): AttributeSchema {
    const name = this.#spellings.get(attribute.name);
    return name === undefined ? attribute : { ...attribute, name };
  }

  /** True when this plan requests something that an import with `before` did not. */
  growsBeyond(before: readonly string[]): boolean {
    const known = new Set(before.map((name) => name.toLowerCase()));
    return this.requested.some((name) => !known.has(name.toLowerCase()));
  }
}
