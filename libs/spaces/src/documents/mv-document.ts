import type { Attributes, Contribution, MvObject } from '@adjoin/engine';
import { isRef, valuesOf } from '@adjoin/engine';

/** A document of `metaverseObjects`; written by the engine only. */
export interface MvDocument {
  _id: string;
  type: string;
  attributes: Attributes;
  lineage: Readonly<Record<string, readonly Contribution[]>>;
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
  lineage: document.lineage,
  links: document.links,
  waitsFor: document.waitsFor,
});

export function toMvDocument(object: MvObject, joinKeys: readonly string[]): MvDocument {
  return {
    _id: object.id,
    type: object.type,
    attributes: object.attributes,
    lineage: object.lineage,
    links: object.links,
    waitsFor: object.waitsFor,
    joinKeys,
    refs: referencesOf(object.attributes),
  };
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
