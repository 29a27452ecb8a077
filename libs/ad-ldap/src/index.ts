export {
  LdapConnection,
  PAGE_SIZE,
  type LdapServerOptions,
  type SearchDone,
  type SearchOptions,
} from './connection/ldap-connection.js';
export { ldapError, LDAP_RESULT, LdapResultError, statusOf } from './connection/ldap-error.js';
export {
  rawAttribute,
  rawText,
  rawValue,
  splitDescription,
  type RawAttribute,
  type RawEntry,
} from './connection/raw-entry.js';
export { DIRSYNC_FLAGS, DIRSYNC_OID, DirSyncControl, type DirSyncResponse } from './controls/dirsync-control.js';
export { domainScope, extendedDn, showDeleted, showRecycled } from './controls/plain-control.js';
export { dirSyncCookieNow, dirSyncPage, NOTHING, type DirSyncOptions } from './directory/dir-sync.js';
export { locateServers, type Locator, type SrvRecord } from './directory/locate-servers.js';
export { readChangedSince, readDeletedSince, usnCookie, usnOf } from './directory/usn-changes.js';
export { pagedSearch } from './directory/paged-search.js';
export { readInvocationId, readHighestUsn, readRootDse, type RootDse } from './directory/root-dse.js';
export { parseRange, readRemainingValues, type ValueRange } from './directory/value-range.js';
export {
  dnKey,
  escapeRdnValue,
  isInDomain,
  isUnder,
  parentDn,
  rdnOf,
  rdnType,
  rdnValue,
  sameDn,
  splitDn,
} from './names/dn.js';
export { parseExtendedDn, type ExtendedDn } from './names/extended-dn.js';
export { guidFilter } from './directory/guid-filter.js';
export { guidBytes, guidDn, guidText } from './names/guid.js';
export { sidText } from './names/sid.js';
export {
  attributeSchemaOf,
  ForestSchema,
  readSchema,
  type AttributeKind,
  type AttributeSchema,
} from './values/attribute-schema.js';
export { decodeScalar, decodeValues, DecodeError } from './values/decode-value.js';
export { ContainerScope, type ScopeLists } from './names/container-scope.js';
export { CONTAINER, IMPORTED_CLASSES, objectTypeOf } from './objects/object-type.js';
export { seesDeletedObjects } from './check/deleted-objects.js';
export { readCensus, type Census } from './check/census.js';
export { readDomainFacts, type DomainFacts } from './check/domain-facts.js';
export { checkFeatures, type FeatureCheck, type FeatureName } from './check/feature-rights.js';
export { checkPorts, readCertificate, type CertificateFacts, type PortCheck } from './check/server-reach.js';
