import { describe, expect, it } from 'vitest';
import { graphViolations } from './graph-violations.js';

const ID = '11111111-2222-3333-4444-555555555555';

describe('the metadata of Microsoft Graph', () => {
  it.each([
    [
      'POST',
      '/users',
      { displayName: 'Kim', passwordProfile: { password: 'x', forceChangePasswordNextSignIn: false } },
    ],
    ['PATCH', `/users/${ID}`, { city: null, businessPhones: ['1'] }],
    ['PATCH', `/groups/${ID}`, { 'members@odata.bind': [`https://graph.test/v1.0/directoryObjects/${ID}`] }],
    ['PUT', `/users/${ID}/manager/$ref`, { '@odata.id': `https://graph.test/v1.0/directoryObjects/${ID}` }],
    ['POST', '/groups', { [`extension_${'0'.repeat(32)}_sourceAnchor`]: 'x' }],
    ['POST', `/directory/deletedItems/${ID}/restore`, {}],
    ['DELETE', `/users/${ID}`, undefined],
  ])('allows %s %s %j', (method, url, body) => {
    expect(graphViolations(method, url, body)).toEqual([]);
  });

  it.each([
    ['POST', '/users', { dispalyName: 'Kim' }],
    ['POST', '/users', { accountEnabled: 'true' }],
    ['POST', '/users', { displayName: '' }],
    ['POST', '/users', { passwordProfile: { secret: 'x' } }],
    ['PATCH', `/users/${ID}`, { businessPhones: null }],
    ['PATCH', `/users/${ID}`, { businessPhones: '1' }],
    ['PATCH', `/groups/${ID}`, { 'city@odata.bind': [] }],
    ['PATCH', `/groups/${ID}`, { 'members@odata.bind': ['/users/x'] }],
    ['POST', '/contacts', { displayName: 'Kim' }],
    ['DELETE', `/users/${ID}`, {}],
  ])('does not allow %s %s %j', (method, url, body) => {
    expect(graphViolations(method, url, body)).toHaveLength(1);
  });
});
