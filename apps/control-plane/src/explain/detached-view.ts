import type { CsObject, MvObject, SpaceView } from '@adjoin/engine';

/** The stored state as it would be if one connector-space object were not joined: shows which joins would find its metaverse object. */
export class DetachedView implements SpaceView {
  readonly #view: SpaceView;
  readonly #id: string;

  constructor(view: SpaceView, id: string) {
    this.#view = view;
    this.#id = id;
  }

  cs(id: string): CsObject | null | undefined {
    const object = this.#view.cs(id);
    return object == null || id !== this.#id ? object : { ...object, link: undefined };
  }

  mv(id: string): MvObject | null | undefined {
    const object = this.#view.mv(id);
    if (object == null || !object.links.some((link) => link.cs === this.#id)) return object;
    return { ...object, links: object.links.filter((link) => link.cs !== this.#id) };
  }

  mvByKey = (key: string): readonly string[] | undefined => this.#view.mvByKey(key);
  csByKey = (connector: string, key: string): readonly string[] | undefined => this.#view.csByKey(connector, key);
  csByDn = (connector: string, dn: string): string | null | undefined => this.#view.csByDn(connector, dn);
  isMember = (connector: string, group: string, id: string): boolean | null | undefined =>
    this.#view.isMember(connector, group, id);
}
