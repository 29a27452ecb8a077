import type { SyncRule } from '@adjoin/engine';
import type { DocumentPath, YamlDocument } from '../document/yaml-document.js';

/** Where a part of a rule stands in its file. */
export interface Place {
  readonly document: YamlDocument;
  readonly path: DocumentPath;
}

/** A rule of one connector before it has its precedence. */
export interface DraftRule {
  readonly rule: Omit<SyncRule, 'precedence'>;
  readonly place: Place;
  /** Place of every flow source by target attribute; `prefix` characters stand before the expression. */
  readonly flowPlaces: ReadonlyMap<string, Place & { readonly prefix: number }>;
  /** Place of every scope clause (`group/clause`) and join group. */
  readonly clausePlaces: readonly (readonly Place[])[];
  readonly joinPlaces: readonly Place[];
  /** Order of default rules; absent on own rules. */
  readonly position?: number | undefined;
  readonly precedence?: number | undefined;
  readonly before?: string | undefined;
  /** Number of this connector among those the template was expanded for. */
  readonly repetition: number;
}

/** Identifier of a rule: unique because a name occurs once per connector. */
export function ruleId(name: string, connector: string): string {
  return `${name} @ ${connector}`;
}
