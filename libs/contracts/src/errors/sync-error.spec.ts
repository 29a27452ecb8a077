import { describe, expect, it } from 'vitest';
import { SyncError, toSyncError } from './sync-error.js';

const named = (name: string): Error => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:27117'), { name });

describe('any thrown value as a coded error', () => {
  it.each([
    'MongoNetworkError',
    'MongoNetworkTimeoutError',
    'MongoServerSelectionError',
    'MongoNotConnectedError',
    'MongoTopologyClosedError',
  ])('%s says that the database cannot be reached', (name) => {
    const error = toSyncError(named(name));
    expect(error).toMatchObject({ code: 'ADJ-MDB-0001', retry: 'later' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('keeps a coded error and the code the caller knows best', () => {
    const coded = new SyncError('ADJ-KFK-0001', 'gone');
    expect(toSyncError(coded)).toBe(coded);
    expect(toSyncError(named('TypeError'), 'ADJ-KFK-0001').code).toBe('ADJ-KFK-0001');
    expect(toSyncError('text').code).toBe('ADJ-GEN-0001');
  });
});
