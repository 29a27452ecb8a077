import type { Attributes, Contribution, MvObject } from '@adjoin/engine';
import { isRef, valuesOf } from '@adjoin/engine';

/**
 * A document of `metaverseObjects`; written by the engine only. An object has many attributes and few contributors, so each contributor is stored
 * once and `lineage` holds places in that list (of a merged value: several, the winner first).
 */
export interface MvDocument {
  _id: string;
  type: string;
  attributes: Attributes;
  contributors: readonly Contribution[];
  lineage: Readonly<Record<string, number | readonly number[]>>;
  links: readonly { readonly cs: string; readonly connector: string }[];
  waitsFor: readonly string[];
  joinKeys: readonly string[];
  /** Metaverse ids that reference attributes point to. */
  refs: readonly string[];
}

export const toMvObject = (document: MvDocument): MvObject => ({
  id: document._id,
  type: document.type,
  attributes: document.attributes,
  lineage: fullLineage(document),
  links: document.links,
  waitsFor: document.waitsFor,
});

export function toMvDocument(object: MvObject, joinKeys: readonly string[]): MvDocument {
  return {
    _id: object.id,
    type: object.type,
    attributes: object.attributes,
    ...storedLineage(object.lineage),
    links: object.links,
    waitsFor: object.waitsFor,
    joinKeys,
    refs: referencesOf(object.attributes),
  };
}

/** The lineage of a stored object, contributors in full. A place that the list does not have is left out. */
export function fullLineage({
  contributors,
  lineage,
}: Pick<MvDocument, 'contributors' | 'lineage'>): Record<string, readonly Contribution[]> {
  // Most attributes have one contributor: its list is made once and shared.
  const single = contributors.map((contributor) => [contributor]);
  const full: Record<string, readonly Contribution[]> = {};
  for (const name in lineage) {
    const places = lineage[name];
    full[name] =
      typeof places === 'number' ? (single[places] ?? []) : (places ?? []).flatMap((place) => single[place] ?? []);
  }
  return full;
}

function storedLineage(lineage: MvObject['lineage']): Pick<MvDocument, 'contributors' | 'lineage'> {
  const contributors: Contribution[] = [];
  const places = new Map<string, number>();
  const byList = new Map<readonly Contribution[], number | readonly number[]>();
  const placeOf = (contributor: Contribution): number => {
    const key = `${contributor.cs} ${contributor.rule}`;
    let place = places.get(key);
    if (place === undefined) {
      place = contributors.push({ cs: contributor.cs, connector: contributor.connector, rule: contributor.rule }) - 1;
      places.set(key, place);
    }
    return place;
  };
  const stored: Record<string, number | readonly number[]> = {};
  for (const name in lineage) {
    const list = lineage[name] ?? [];
    let entry = byList.get(list);
    if (entry === undefined) {
      const [only] = list;
      entry = list.length === 1 && only !== undefined ? placeOf(only) : list.map(placeOf);
      byList.set(list, entry);
    }
    stored[name] = entry;
  }
  return { contributors, lineage: stored };
}

function referencesOf(attributes: Attributes): readonly string[] {
  const found = new Set<string>();
  for (const name in attributes) {
    const value = attributes[name];
    if (value === undefined || typeof value === 'string') continue;
    for (const scalar of valuesOf(value)) if (isRef(scalar)) found.add(scalar.ref);
  }
  return [...found];
}
