export { FakeDirectory } from './fake-directory/fake-directory.js';
export { type FakeBehaviour } from './fake-directory/directory-answers.js';
export { type DirectoryState, type FakeObject, type NewObject } from './fake-directory/directory-state.js';
export { VirtualClock } from './virtual-clock.js';
export { graphViolations } from './graph-metadata/graph-violations.js';
export { checkRecordedWrites, WriteCheck, type GraphWrite } from './graph-metadata/write-check.js';
export { TcpProxy, type Address, type Carry, type Chunk } from './tcp-proxy.js';
