import type { ExplainedObject } from '@adjoin/contracts';

/** Names for the objects of an explanation by their ids; an unknown id stands for itself. */
export class ObjectNames {
  readonly #byId: ReadonlyMap<string, ExplainedObject>;

  constructor(objects: readonly ExplainedObject[]) {
    this.#byId = new Map(objects.map((object) => [object.id, object]));
  }

  /** Type, name and connector. */
  long(id: string): string {
    const object = this.#byId.get(id);
    return object === undefined ? id : longName(object);
  }

  /** The connector, or the name of a metaverse object. */
  short(id: string): string {
    const object = this.#byId.get(id);
    return object === undefined ? id : (object.connector ?? object.name);
  }
}

/** Type, name and connector of an object. */
export const longName = ({ type, name, connector }: ExplainedObject): string =>
  `${type} ${name}${connector === null ? '' : ` (${connector})`}`;
