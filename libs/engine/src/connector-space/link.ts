import type { CsObject } from '../sync/model.js';

/** The object as a disconnector: it keeps its image and nothing that came from the metaverse. */
export function disjoined(cs: CsObject): CsObject {
  return { ...cs, link: undefined, rules: [], pendingExport: undefined, unsupported: undefined };
}
