import { describe, expect, it } from 'vitest';
import type { CsObject } from '../sync/model.js';
import { acknowledgeExport, failExport } from './acknowledge-export.js';
import { stageImport, type ImportChange } from './stage-import.js';

const base: CsObject = {
  id: 'c1',
  connector: 'entra',
  type: 'user',
  anchor: 'a1',
  dn: 'CN=x',
  state: 'imported',
  imported: { title: 'Dr', mail: 'm' },
  importedDelete: false,
  rules: [],
};
const change: ImportChange = {
  id: 'c1',
  connector: 'entra',
  anchor: 'a1',
  type: 'user',
  dn: 'CN=x',
  mode: 'whole',
  attributes: { title: 'Dr', mail: 'm' },
};
const late = { canRefute: true };
const early = { canRefute: false };

describe('stageImport', () => {
  it('adds an unknown object', () => {
    const staged = stageImport(undefined, { ...change, attributes: { title: 'Dr', mail: null } }, late);
    expect(staged).toMatchObject({
      modification: 'add',
      object: { id: 'c1', state: 'imported', imported: { title: 'Dr' } },
    });
  });

  it('says none when nothing differs, with sets compared as sets', () => {
    expect(
      stageImport({ ...base, imported: { p: ['a', 'b'] } }, { ...change, attributes: { p: ['b', 'a'] } }, late)
        .modification,
    ).toBe('none');
  });

  it.each<[string, Partial<ImportChange>, object]>([
    ['a whole object removes what is missing', { attributes: { title: 'Dr' } }, { title: 'Dr' }],
    ['a delta keeps what is missing', { mode: 'delta', attributes: { title: 'X' } }, { title: 'X', mail: 'm' }],
    ['a null in a delta removes', { mode: 'delta', attributes: { mail: null } }, { title: 'Dr' }],
  ])('%s', (_name, extra, imported) => {
    expect(stageImport(base, { ...change, ...extra }, late)).toMatchObject({
      modification: 'update',
      object: { imported },
    });
    expect(stageImport(base, { ...change, ...extra }, late).object.imported).toEqual(imported);
  });

  it('notices a rename, and a type change as delete and add', () => {
    expect(stageImport(base, { ...change, dn: 'CN=y' }, late)).toMatchObject({
      modification: 'update',
      object: { dn: 'CN=y' },
    });
    const linked: CsObject = { ...base, link: { mv: 'm', action: 'join', rule: 'r' }, rules: ['r'] };
    expect(stageImport(linked, { ...change, type: 'contact' }, late)).toMatchObject({
      modification: 'delete-add',
      object: { type: 'contact', link: { mv: 'm' }, rules: [] },
    });
  });

  it('marks a delete and takes it back when the object is seen again', () => {
    const gone = stageImport(base, { ...change, mode: 'delete', attributes: {} }, late);
    expect(gone).toMatchObject({ modification: 'delete', object: { importedDelete: true } });
    expect(stageImport(gone.object, change, late)).toMatchObject({
      modification: 'update',
      object: { importedDelete: false },
    });
  });

  it('turns an acknowledged export object into an imported one', () => {
    const object: CsObject = {
      ...base,
      anchor: undefined,
      state: 'export',
      imported: {},
      unconfirmed: { operation: 'add', changes: { title: 'Dr', mail: 'm' } },
    };
    const staged = stageImport(object, change, late);
    expect(staged).toMatchObject({
      modification: 'add',
      confirmed: ['mail', 'title'],
      refuted: [],
      object: { state: 'imported', anchor: 'a1', unconfirmed: undefined },
    });
  });

  it('confirms what arrived as exported, and says that the image is as before', () => {
    const object: CsObject = { ...base, unconfirmed: { operation: 'update', changes: { title: 'Prof', mail: null } } };
    const staged = stageImport(object, { ...change, attributes: { title: 'Prof' } }, early);
    expect(staged).toMatchObject({
      confirmed: ['mail', 'title'],
      refuted: [],
      imageUnchanged: true,
      object: { unconfirmed: undefined },
    });
  });

  it('refutes another value only by a read that began late enough', () => {
    const object: CsObject = { ...base, unconfirmed: { operation: 'update', changes: { title: 'Prof' } } };
    expect(stageImport(object, change, early)).toMatchObject({
      refuted: [],
      object: { unconfirmed: { changes: { title: 'Prof' } } },
    });
    expect(stageImport(object, change, late)).toMatchObject({ refuted: ['title'], object: { unconfirmed: undefined } });
  });

  it('refutes nothing by a delta that does not mention the attribute', () => {
    const object: CsObject = { ...base, unconfirmed: { operation: 'update', changes: { title: 'Prof' } } };
    expect(stageImport(object, { ...change, mode: 'delta', attributes: { mail: 'n' } }, late)).toMatchObject({
      refuted: [],
      object: { unconfirmed: { changes: { title: 'Prof' } } },
    });
  });

  it('deletes again what is still there long after its delete was acknowledged', () => {
    const object: CsObject = { ...base, unconfirmed: { operation: 'delete', changes: {} } };
    expect(stageImport(object, change, early)).toMatchObject({ object: { unconfirmed: { operation: 'delete' } } });
    expect(stageImport(object, change, late)).toMatchObject({
      refuted: ['*'],
      object: { unconfirmed: undefined, pendingExport: { operation: 'delete' } },
    });
  });
});

describe('acknowledgeExport', () => {
  const added: CsObject = {
    ...base,
    anchor: undefined,
    state: 'export',
    imported: {},
    pendingExport: { operation: 'add', changes: { title: 'Dr' } },
    inFlight: 'add',
  };

  it('moves what was applied to unconfirmed and keeps the anchor', () => {
    expect(acknowledgeExport(added, { operation: 'add', changes: { title: 'Dr' }, anchor: 'a9' })).toMatchObject({
      object: {
        anchor: 'a9',
        state: 'export',
        inFlight: undefined,
        pendingExport: undefined,
        unconfirmed: { operation: 'add', changes: { title: 'Dr' } },
      },
    });
  });

  it('keeps pending what was decided since the sending', () => {
    const newer: CsObject = { ...added, pendingExport: { operation: 'add', changes: { title: 'Prof', mail: 'm' } } };
    expect(
      acknowledgeExport(newer, { operation: 'add', changes: { title: 'Dr', mail: 'm' } }).object?.pendingExport,
    ).toEqual({ operation: 'update', changes: { title: 'Prof' } });
  });

  it('keeps a pending delete when an earlier add is acknowledged', () => {
    const object: CsObject = { ...added, pendingExport: { operation: 'delete', changes: {} } };
    expect(acknowledgeExport(object, { operation: 'add', changes: { title: 'Dr' } }).object?.pendingExport).toEqual({
      operation: 'delete',
      changes: {},
    });
  });

  it('removes a deleted object, and asks for a retry when it was linked again', () => {
    expect(acknowledgeExport(base, { operation: 'delete', changes: {} })).toEqual({ object: null, retry: undefined });
    expect(
      acknowledgeExport(
        { ...base, link: { mv: 'm1', action: 'join', rule: 'r' } },
        { operation: 'delete', changes: {} },
      ),
    ).toEqual({ object: null, retry: 'm1' });
  });

  it('keeps everything when the export failed', () => {
    expect(failExport(added)).toEqual({ ...added, inFlight: undefined });
  });
});
