export { ChunkView, type ComingDocuments } from './chunk-view.js';
export { COLLECTION, spaceCollections, type SpaceCollections, type StateDocument } from './collections.js';
export {
  importedId,
  toCsObject,
  type CsDocument,
  type DirtyReason,
  type Escrow,
  type Refutation,
  type ExportState,
  type ObjectFailure,
} from './documents/cs-document.js';
export { sourceEdgeId, type SourceEdge, type TargetEdge } from './documents/edge-documents.js';
export { LANE, type ExportLaneNumber } from './documents/cs-document.js';
export { fullLineage, toMvDocument, toMvObject, type MvDocument } from './documents/mv-document.js';
export { fromWire, toWire } from './documents/wire.js';
