import type { CsObject, MvObject, Need, SpaceView } from '../sync/model.js';

/** A view that knows only what was asked for before, as one over a database does; see {@link LateView.load}. */
export class LateView implements SpaceView {
  readonly #whole: SpaceView;
  readonly #late: ReadonlySet<Need['kind']> | undefined;
  readonly #loaded = new Set<string>();

  /** @param late what has to be asked for; everything by default */
  constructor(whole: SpaceView, late?: readonly Need['kind'][]) {
    this.#whole = whole;
    this.#late = late === undefined ? undefined : new Set(late);
  }

  load(needs: Iterable<Need>): void {
    for (const need of needs) this.#loaded.add(JSON.stringify(need));
  }

  cs(id: string): CsObject | null | undefined {
    return this.#if({ kind: 'cs', id }, () => this.#whole.cs(id));
  }

  mv(id: string): MvObject | null | undefined {
    return this.#if({ kind: 'mv', id }, () => this.#whole.mv(id));
  }

  mvByKey(key: string): readonly string[] | undefined {
    return this.#if({ kind: 'mv-key', key }, () => this.#whole.mvByKey(key));
  }

  csByKey(connector: string, key: string): readonly string[] | undefined {
    return this.#if({ kind: 'cs-key', connector, key }, () => this.#whole.csByKey(connector, key));
  }

  csByDn(connector: string, dn: string): string | null | undefined {
    return this.#if({ kind: 'cs-dn', connector, dn }, () => this.#whole.csByDn(connector, dn));
  }

  isMember(connector: string, groupDn: string, id: string): boolean | null | undefined {
    return this.#if({ kind: 'member', connector, groupDn, id }, () => this.#whole.isMember(connector, groupDn, id));
  }

  #if<T>(need: Need, read: () => T): T | undefined {
    const known = this.#late?.has(need.kind) === false || this.#loaded.has(JSON.stringify(need));
    return known ? read() : undefined;
  }
}
