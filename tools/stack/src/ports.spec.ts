import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_FORESTS, LOCAL_PORTS } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PORT_TABLE, slotForest, slotPorts, type PortName } from './ports.js';
import { FORESTS } from './samba/forest.js';
import { repositoryRoot } from './state-folder.js';

const read = (path: string): string => readFileSync(join(repositoryRoot(), path), 'utf8');
const names = Object.keys(LOCAL_PORTS) as PortName[];
/** Reached from inside the containers only, or not part of docker-compose.yml; docs/ports.md says so. */
const NOT_PUBLISHED: readonly PortName[] = [
  'adImporterSecond',
  'passwordHashSync',
  'passwordHashSyncSecond',
  'simulatorAdmin',
  'kafkaController',
];

interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      { readonly ports?: readonly string[]; readonly build?: { readonly args?: { readonly APP?: string } } }
    >
  >;
}

describe('the table of ports', () => {
  it('is the one in docs/ports.md', () => {
    const rows = [...read('docs/ports.md').matchAll(/^\| ([a-z-]+) \| (\d+) \| (.+) \|$/gm)].map(
      ([, service, port, purpose]) => [service, Number(port), purpose],
    );
    expect(rows).toEqual(names.map((name) => [PORT_TABLE[name].service, LOCAL_PORTS[name], PORT_TABLE[name].purpose]));
  });

  it('is published by docker-compose.yml under the same process names, on loopback only', () => {
    const compose = parse(read('docker-compose.yml'), { merge: true }) as ComposeFile;
    for (const name of names.filter((each) => !NOT_PUBLISHED.includes(each))) {
      const port = LOCAL_PORTS[name];
      expect(compose.services[PORT_TABLE[name].service]?.ports, name).toContain(`127.0.0.1:${port}:${port}`);
    }
    const published = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(published.filter((mapping) => !mapping.startsWith('127.'))).toEqual([]);
  });

  it('has the forests of the contracts', () => {
    for (const name of ['corp', 'res'] as const) {
      const { realm, netbios, address } = LOCAL_FORESTS[name];
      expect(FORESTS[name]).toMatchObject({ domain: realm, netbios, ip: address });
      expect(read('docs/ports.md')).toContain(`| ${name} | ${realm} | ${netbios} | ${address} |`);
    }
  });
});

describe('a slot', () => {
  it('moves every port by a hundred and the forests to a network of their own', () => {
    expect(slotPorts(0)).toEqual(LOCAL_PORTS);
    expect(slotPorts(3).kafka).toBe(LOCAL_PORTS.kafka + 300);
    expect(slotForest(FORESTS.corp, 3).ip).toBe('127.0.3.10');
  });

  it('never shares a port with another slot', () => {
    const all = Array.from({ length: 50 }, (_, slot) => Object.values(slotPorts(slot))).flat();
    expect(new Set(all).size).toBe(all.length);
  });
});
