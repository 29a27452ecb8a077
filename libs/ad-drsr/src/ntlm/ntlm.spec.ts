import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rc4 } from '../crypto/rc4.js';
import { someBytes, someText, someU32 } from '../testing/byte-arbitraries.js';
import { decodeAuthenticate, encodeAuthenticate } from './authenticate-message.js';
import { AV_IDS, decodeAvPairs, encodeAvPairs } from './av-pair.js';
import { decodeChallenge, encodeChallenge } from './challenge-message.js';
import { decodeNegotiate, encodeNegotiate } from './negotiate-message.js';
import { NtlmAuthenticator } from './ntlm-authenticator.js';
import { NTLM_FLAGS, OFFERED_FLAGS } from './ntlm-flags.js';
import { NtlmSecurityContext } from './ntlm-security-context.js';
import { hmacMd5, lmv2Response, ntHashOf, ntlmv2Key, ntlmv2Response } from './ntlmv2.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** The example of [MS-NLMP] 4.2.1 and 4.2.4. */
const EXAMPLE = {
  serverChallenge: hex('0123456789abcdef'),
  clientChallenge: Buffer.alloc(8, 0xaa),
  sessionKey: Buffer.alloc(16, 0x55),
  targetInfo: [
    { id: 2, value: wide('Domain') },
    { id: 1, value: wide('Server') },
  ],
};
const KEY = ntlmv2Key(ntHashOf('Password'), 'User', 'Domain');

describe('NTLMv2', () => {
  it('computes the keys of the example in the specification', () => {
    expect(ntHashOf('Password').toString('hex')).toBe('a4f49c406510bdcab6824ee7c30fd852');
    expect(KEY.toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
  });

  it('computes the responses of the example', () => {
    const input = { ...EXAMPLE, key: KEY, time: Buffer.alloc(8) };
    const { response, sessionBaseKey } = ntlmv2Response(input);
    expect(response.toString('hex', 0, 16)).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    expect(sessionBaseKey.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
    expect(lmv2Response(input).toString('hex')).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
    expect(new Rc4(sessionBaseKey).apply(Buffer.from(EXAMPLE.sessionKey)).toString('hex')).toBe(
      'c5dad2544fc9799094ce1ce90bc9d03e',
    );
  });

  it('seals and signs as in the example', () => {
    const context = new NtlmSecurityContext(Buffer.from(EXAMPLE.sessionKey));
    const message = wide('Plaintext');
    const signature = context.seal(message, 0, message.length);
    expect(message.toString('hex')).toBe('54e50165bf1936dc996020c1811b0f06fb5f');
    expect(signature.toString('hex')).toBe('010000007fb38ec5c55d497600000000');
  });
});

describe('the messages of an NTLM login', () => {
  it('survive encoding and decoding', () => {
    const pair = fc.record({ id: fc.integer({ min: 1, max: 0xffff }), value: someBytes({ maxLength: 40 }) });
    const challenge = fc.record({
      flags: someU32,
      serverChallenge: someBytes({ minLength: 8, maxLength: 8 }),
      targetName: someText,
      targetInfo: fc.array(pair, { maxLength: 5 }),
    });
    const names = { domain: someText, user: someText, workstation: someText };
    const authenticate = fc.record({
      flags: someU32,
      ...{ lmResponse: someBytes(), ntResponse: someBytes(), encryptedSessionKey: someBytes() },
      ...names,
      mic: someBytes({ minLength: 16, maxLength: 16 }),
    });
    fc.assert(
      fc.property(someU32, challenge, authenticate, (flags, second, third) => {
        expect(decodeNegotiate(encodeNegotiate(flags))).toBe(flags);
        expect(decodeChallenge(encodeChallenge(second))).toEqual(second);
        expect(decodeAuthenticate(encodeAuthenticate(third))).toEqual(third);
        expect(decodeAvPairs(encodeAvPairs(second.targetInfo))).toEqual(second.targetInfo);
      }),
    );
  });
});

describe('a login', () => {
  const sources = { now: () => 0, random: (length: number) => Buffer.alloc(length, length === 8 ? 0xaa : 0x55) };
  const login = { domain: 'Domain', user: 'User', password: 'Password' };
  const time = hex('0090d336b734c301');
  const challengeWith = (targetInfo: { id: number; value: Buffer }[], flags = OFFERED_FLAGS): Buffer =>
    encodeChallenge({ flags, serverChallenge: EXAMPLE.serverChallenge, targetName: 'Domain', targetInfo });

  it('carries an integrity code over all three messages when the server sends its time', () => {
    const authenticator = new NtlmAuthenticator(login, sources);
    const first = authenticator.start();
    const second = challengeWith([...EXAMPLE.targetInfo, { id: AV_IDS.timestamp, value: time }]);
    const { token } = authenticator.finish(second);
    const { mic, lmResponse, ntResponse } = decodeAuthenticate(token);
    const withoutCode = Buffer.from(token);
    withoutCode.fill(0, 72, 88);
    expect(mic).toEqual(hmacMd5(EXAMPLE.sessionKey, first, second, withoutCode));
    expect(lmResponse).toEqual(Buffer.alloc(24));
    const pairs = decodeAvPairs(ntResponse.subarray(44));
    expect(pairs.find(({ id }) => id === AV_IDS.flags)?.value).toEqual(hex('02000000'));
    expect(ntResponse.subarray(24, 32)).toEqual(time);
  });

  it('uses its own time and both responses with a server that sends none', () => {
    const { token } = new NtlmAuthenticator(login, sources).finish(challengeWith(EXAMPLE.targetInfo));
    const { mic, lmResponse, ntResponse } = decodeAuthenticate(token);
    expect(mic).toEqual(Buffer.alloc(16));
    expect(lmResponse.length).toBe(24);
    expect(lmResponse.equals(Buffer.alloc(24))).toBe(false);
    expect(ntResponse.readBigUInt64LE(24)).toBe(116_444_736_000_000_000n);
  });

  it('is given up when the server offers no encryption with 128 bits', () => {
    const weak = challengeWith(EXAMPLE.targetInfo, (OFFERED_FLAGS & ~NTLM_FLAGS.key128) >>> 0);
    expect(() => new NtlmAuthenticator(login, sources).finish(weak)).toThrow(
      expect.objectContaining({ code: 'ADJ-PHS-7014' }) as Error,
    );
  });
});

describe('an NTLM security context', () => {
  it('opens what the other side sealed, fragment by fragment, and nothing that was changed', () => {
    fc.assert(
      fc.property(fc.array(someBytes({ minLength: 20, maxLength: 80 }), { minLength: 1, maxLength: 5 }), (messages) => {
        const client = new NtlmSecurityContext(Buffer.alloc(16, 7));
        const server = new NtlmSecurityContext(Buffer.alloc(16, 7), 'server');
        for (const plain of messages) {
          const pdu = Buffer.from(plain);
          const signature = client.seal(pdu, 4, pdu.length);
          expect(server.unseal(pdu, 4, pdu.length, signature)).toBe(true);
          expect(pdu).toEqual(plain);
        }
        const pdu = Buffer.alloc(32, 1);
        const signature = client.seal(pdu, 8, 32);
        pdu[0] = 2;
        expect(server.unseal(pdu, 8, 32, signature)).toBe(false);
      }),
    );
  });
});
