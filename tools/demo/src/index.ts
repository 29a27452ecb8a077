export { compare } from './counting/compare.js';
export { type DirectoryEntry } from './counting/directory-object.js';
export { expectationOf, type Expectation } from './counting/expectation.js';
export { readDirectory } from './counting/read-directory.js';
export { readDomains, readTenant, type TenantContent } from './counting/read-tenant.js';
export { graphReader, type GraphReader } from './graph/graph-client.js';
export type { ChangeKind, ChangeLatency, Counts, DemoReport, FullSync, Mismatch } from './report.js';
