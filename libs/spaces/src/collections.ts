import type { mongo } from 'mongoose';
import type { CsDocument } from './documents/cs-document.js';
import type { SourceEdge, TargetEdge } from './documents/edge-documents.js';
import type { MvDocument } from './documents/mv-document.js';

/** Documents of several kinds by id prefix: offsets, runs, baselines, gates, holds, status, fences. */
export interface StateDocument {
  _id: string;
  [field: string]: unknown;
}

/** Names of the collections that the engine writes and others may read (DESIGN §1). */
export const COLLECTION = {
  cs: 'connectorObjects',
  mv: 'metaverseObjects',
  sourceEdges: 'sourceEdges',
  targetEdges: 'targetEdges',
  state: 'engineState',
  ruleSets: 'ruleSets',
} as const;

/** The stored spaces as a reader needs them. */
export interface SpaceCollections {
  readonly cs: mongo.Collection<CsDocument>;
  readonly mv: mongo.Collection<MvDocument>;
  readonly sourceEdges: mongo.Collection<SourceEdge>;
  readonly targetEdges: mongo.Collection<TargetEdge>;
  readonly state: mongo.Collection<StateDocument>;
  readonly ruleSets: mongo.Collection<StateDocument>;
}

/** The collections of one database. */
export const spaceCollections = (db: mongo.Db): SpaceCollections => ({
  cs: db.collection(COLLECTION.cs),
  mv: db.collection(COLLECTION.mv),
  sourceEdges: db.collection(COLLECTION.sourceEdges),
  targetEdges: db.collection(COLLECTION.targetEdges),
  state: db.collection(COLLECTION.state),
  ruleSets: db.collection(COLLECTION.ruleSets),
});
