import { describe, expect, it } from 'vitest';
import { graphFailure, isConflict, toGraphError } from './graph-failure.js';
import { transportError } from './transport-error.js';

const failure = (status: number, code = '', details: { code: string; target: string }[] = []) =>
  graphFailure(status, { error: { code, message: 'text', details } });

describe('Graph errors', () => {
  it.each([
    [400, 'Request_BadRequest', 'ADJ-EXP-3006'],
    [400, 'Request_MultipleObjectsWithSameKeyValue', 'ADJ-EXP-3007'],
    [401, 'InvalidAuthenticationToken', 'ADJ-EXP-3002'],
    [403, 'Authorization_RequestDenied', 'ADJ-EXP-3003'],
    [410, 'resyncRequired', 'ADJ-EXP-3009'],
    [429, 'TooManyRequests', 'ADJ-EXP-3005'],
    [503, 'ServiceUnavailable', 'ADJ-EXP-3001'],
  ])('%i %s is %s', (status, code, expected) => {
    expect(toGraphError(failure(status, code), 'It').code).toBe(expected);
  });

  it('knows a conflict by its details, whatever the message says', () => {
    expect(
      isConflict(failure(400, 'Request_BadRequest', [{ code: 'ObjectConflict', target: 'userPrincipalName' }])),
    ).toBe(true);
    expect(isConflict(failure(400, 'Request_BadRequest', [{ code: 'InvalidValue', target: 'mail' }]))).toBe(false);
  });

  it('tells a value that is too large and a name that is not taken from other refusals', () => {
    const code = (detail: { code: string; target: string }): string =>
      toGraphError(failure(400, 'Request_BadRequest', [detail]), 'It').code;
    expect(code({ code: 'InvalidLength', target: 'city' })).toBe('ADJ-EXP-3016');
    expect(code({ code: 'InvalidValue', target: 'userPrincipalName' })).toBe('ADJ-EXP-3017');
    expect(code({ code: 'InvalidValue', target: 'city' })).toBe('ADJ-EXP-3006');
  });

  it('reads a body that is no Graph error', () => {
    expect(graphFailure(502, '<html>')).toEqual({
      status: 502,
      code: '',
      message: '',
      details: [],
      requestId: undefined,
    });
  });

  it('tells an untrusted certificate from a host that is not there', () => {
    expect(
      transportError(Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }), 'https://graph.test/').code,
    ).toBe('ADJ-EXP-3004');
    expect(transportError(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'https://graph.test/').code).toBe(
      'ADJ-EXP-3001',
    );
  });
});
