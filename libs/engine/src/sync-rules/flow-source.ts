import { isRef, valuesOf, type AttributeValue, type Attributes } from '../attribute/value.js';
import type { EvalContext } from '../expression/context.js';

/** Parameters of a connector and partition by name. */
export type Parameters = ReadonlyMap<string, string>;

/** Time, chance and identifiers, given by the caller so that a decision can be repeated. */
export interface FlowServices {
  readonly now: Date;
  random(): number;
  /** A new identifier: GUID text in lower case. */
  newId(): string;
}

/** What a {@link FlowSource} shows of one object. */
export interface FlowSourceObject {
  readonly id: string;
  readonly attributes: Attributes;
  readonly imported: Attributes;
  /** Connector-space DN; undefined for a metaverse object. */
  readonly dn?: string | undefined;
  readonly counts?: Readonly<Record<string, number>> | undefined;
  readonly parameters: Parameters;
  /** DN text of a referenced object, for references that carry none. */
  readonly dnOf: (id: string) => string | undefined;
  /** Direct membership in a group; only asked by ISMEMBEROF. */
  readonly isMember?: ((groupDn: string) => boolean) | undefined;
}

/** One source object as scope filters and flows read it. The attribute `dn` is the DN of a connector-space object. */
export class FlowSource implements EvalContext {
  readonly object: FlowSourceObject;
  readonly attributes: Attributes;
  readonly #services: FlowServices;

  constructor(object: FlowSourceObject, services: FlowServices) {
    this.object = object;
    this.attributes = object.attributes;
    this.#services = services;
  }

  get now(): Date {
    return this.#services.now;
  }

  random(): number {
    return this.#services.random();
  }

  newGuid(): string {
    return this.#services.newId();
  }

  /** The value as a direct flow sees it. */
  read(name: string): AttributeValue | undefined {
    return name === 'dn' ? (this.object.dn ?? this.attributes['dn']) : this.attributes[name];
  }

  get(name: string): AttributeValue | undefined {
    return this.#withDn(this.read(name));
  }

  getImported(name: string): AttributeValue | undefined {
    return name === 'dn' ? this.object.dn : this.#withDn(this.object.imported[name]);
  }

  count(name: string): number | undefined {
    return this.object.counts?.[name];
  }

  parameter(name: string): string | undefined {
    return this.object.parameters.get(name);
  }

  #withDn(value: AttributeValue | undefined): AttributeValue | undefined {
    if (typeof value !== 'object') return value;
    if (!valuesOf(value).some((one) => isRef(one) && one.dn === undefined)) return value;
    const named = valuesOf(value).map((one) =>
      isRef(one) && one.dn === undefined ? { ref: one.ref, dn: this.object.dnOf(one.ref) } : one,
    );
    return isRef(value) ? (named[0] ?? value) : named;
  }
}
