import { X509Certificate, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { makeIdentities } from './certificate.js';

/** What the simulator keeps between starts: its TLS identity, tenant id and client. */
export interface SavedIdentity {
  readonly caFile: string;
  readonly ca: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const identitySchema = z.object({ tenantId: z.string(), clientId: z.string(), clientSecret: z.string() });

function tls(folder: string, hosts: readonly string[], now: Date): { ca: string; certificate: string; key: string } {
  const files = {
    ca: join(folder, 'ca.pem'),
    certificate: join(folder, 'server.pem'),
    key: join(folder, 'server.key'),
  };
  if (Object.values(files).every((file) => existsSync(file))) {
    const certificate = readFileSync(files.certificate, 'utf8');
    const parsed = new X509Certificate(certificate);
    const covers = hosts.every(
      (host) => (isIP(host) > 0 ? parsed.checkIP(host) : parsed.checkHost(host)) !== undefined,
    );
    if (covers && new Date(parsed.validTo) > now) {
      return { ca: readFileSync(files.ca, 'utf8'), certificate, key: readFileSync(files.key, 'utf8') };
    }
  }
  // The key of the authority is thrown away on purpose: nobody can sign a second certificate with it.
  const made = makeIdentities(hosts, now);
  writeFileSync(files.ca, made.authority.certificate);
  writeFileSync(files.certificate, made.server.certificate);
  writeFileSync(files.key, made.server.privateKey, { mode: 0o600 });
  return { ca: made.authority.certificate, certificate: made.server.certificate, key: made.server.privateKey };
}

/** Reads the identity kept in `folder`, or makes one and keeps it there (secrets readable by the owner only). */
export function loadIdentity(folder: string, hosts: readonly string[], now: Date): SavedIdentity {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = tls(folder, hosts, now);
  const file = join(folder, 'identity.json');
  if (!existsSync(file)) {
    const fresh = {
      tenantId: randomUUID(),
      clientId: randomUUID(),
      clientSecret: randomBytes(24).toString('base64url'),
    };
    writeFileSync(file, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600 });
  }
  const identity = identitySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    caFile: join(folder, 'ca.pem'),
    ca: made.ca,
    serverCertificate: made.certificate,
    serverKey: made.key,
    ...identity,
  };
}
