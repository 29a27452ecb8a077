import { describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.js';

describe('the command line', () => {
  it('has the documented default ports', () => {
    expect(readCommandLine([], {}).options).toMatchObject({ port: 7443, adminPort: 7444 });
  });

  it('reads flags before the environment', () => {
    const { options, json } = readCommandLine(['--port', '1', '--json'], {
      SIMULATOR_PORT: '2',
      SIMULATOR_ADMIN_PORT: '3',
    });
    expect(options).toMatchObject({ port: 1, adminPort: 3 });
    expect(json).toBe(true);
  });

  it('reads lists and switches from the environment', () => {
    const env = { SIMULATOR_DOMAIN: 'a.test,b.test', SIMULATOR_FEDERATED_DOMAIN: 'c.test', SIMULATOR_THROTTLE: 'true' };
    expect(readCommandLine([], env).options).toMatchObject({
      domains: [
        { name: 'a.test', federated: false },
        { name: 'b.test', federated: false },
        { name: 'c.test', federated: true },
      ],
      throttle: { enabled: true },
    });
  });

  it('refuses unknown flags', () => {
    expect(() => readCommandLine(['--prot', '1'], {})).toThrow('--prot');
  });
});
