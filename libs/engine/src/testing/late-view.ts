import type { CsObject, MvObject, Need, SpaceView } from '../sync/model.js';

/** A view that knows only what was asked for before, as one over a database does; see {@link LateView.load}. */
export class LateView implements SpaceView {
  readonly #whole: SpaceView;
  readonly #loaded = new Set<string>();

  constructor(whole: SpaceView) {
    this.#whole = whole;
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
    return this.#loaded.has(JSON.stringify(need)) ? read() : undefined;
  }
}
