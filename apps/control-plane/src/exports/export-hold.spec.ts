import { describe, expect, it } from 'vitest';
import { csDocument, type CsDocument } from '../connector-space/cs-document.js';
import { heldCondition, holdOf } from './export-hold.js';

const doc = (operation: string, exp: object): CsDocument =>
  csDocument.parse({
    _id: 'a',
    connector: 'entra',
    pendingExport: { operation, changes: {} },
    exp: { version: 1, state: 'pending', attempts: 0, ...exp },
  });
const staging = { gate: 'staging', reason: 'Staging mode is on.' };
const threshold = { gate: 'deletion-threshold', reason: 'too many' };
const membership = { gate: 'membership-loss', reason: 'many members' };

describe('what keeps an export back', () => {
  it('is a gate that closes the target, for every operation', () => {
    expect(holdOf(doc('add', {}), [staging])).toEqual({
      state: 'held',
      gate: 'staging',
      reason: 'Staging mode is on.',
    });
  });
  it('is the deletion threshold for deletes that nobody approved, and for nothing else', () => {
    expect(holdOf(doc('delete', {}), [threshold]).gate).toBe('deletion-threshold');
    expect(holdOf(doc('delete', { approvedBy: 'kim' }), [threshold])).toMatchObject({ state: 'pending', gate: null });
    expect(holdOf(doc('update', {}), [threshold])).toMatchObject({ state: 'pending', gate: null });
  });
  it('is not a gate that holds members only', () => {
    expect(holdOf(doc('update', {}), [membership]).state).toBe('pending');
    expect(heldCondition([membership])).toEqual({ _id: { $in: [] } });
  });
  it('names what a waiting, settling, discarded or refused export stands for', () => {
    expect(holdOf(doc('add', { state: 'waiting', waitsFor: ['boss'] }), [])).toMatchObject({
      state: 'waiting',
      gate: 'after',
      reason: 'Waits for boss.',
    });
    expect(holdOf(doc('delete', { settle: { since: new Date() } }), [])).toMatchObject({
      state: 'pending',
      gate: 'settling',
    });
    expect(holdOf(doc('delete', { state: 'discarded' }), [threshold]).state).toBe('discarded');
    expect(holdOf(doc('add', { state: 'failed', message: 'no' }), [])).toEqual({
      state: 'failed',
      gate: null,
      reason: 'no',
    });
  });
});
