import type { CsObject } from './model.js';

/** What a metaverse object waits for when an expression refers to a DN under which nothing is known yet. */
export function dnWaitKey(connector: string, dn: string): string {
  return `dn:${connector}:${dn.toLowerCase()}`;
}

/** Entries of `MvObject.waitsFor` that are fulfilled when this object becomes joined. */
export function waitKeysOf({ id, connector, dn }: Pick<CsObject, 'id' | 'connector' | 'dn'>): readonly string[] {
  return [id, dnWaitKey(connector, dn)];
}
