import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export interface PortCheck {
  readonly port: number;
  readonly use: string;
  readonly open: boolean;
  /** Adjoin does not work without it. */
  readonly needed: boolean;
}

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Names that clients may use (subject alternative names; the common name where there are none). */
  readonly names: readonly string[];
  readonly validTo: Date;
  readonly daysLeft: number;
}

const WAIT_MS = 3_000;
/** ExtendedRequest with the OID of StartTLS (RFC 4511 §4.14), message id 1. */
const START_TLS = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]),
  Buffer.from('1.3.6.1.4.1.1466.20037'),
]);

/** Ports of a domain controller that Adjoin uses, tried by opening a connection. `url` is that of the connector. */
export async function checkPorts(url: string): Promise<readonly PortCheck[]> {
  const { hostname, port } = serverOf(url);
  const uses = [
    { port, use: 'LDAP, every import', needed: true },
    { port: 135, use: 'RPC endpoint mapper, password hashes', needed: false },
  ];
  return Promise.all(uses.map(async (use) => ({ ...use, open: await isOpen(hostname, use.port) })));
}

/** The certificate that the server shows, trusted or not; undefined when it shows none. */
export async function readCertificate(options: {
  readonly url: string;
  readonly startTls: boolean;
  readonly serverName: string | undefined;
  readonly now: Date;
}): Promise<CertificateFacts | undefined> {
  const { hostname, port, secure } = serverOf(options.url);
  if (!secure && !options.startTls) return undefined;
  const plain = connectTcp({ host: hostname, port });
  try {
    await within(plain, once(plain, 'connect'));
    if (!secure) {
      plain.write(START_TLS);
      await within(plain, once(plain, 'data'));
    }
    const socket = connectTls({ socket: plain, servername: options.serverName ?? hostname, rejectUnauthorized: false });
    await within(plain, once(socket, 'secureConnect'));
    return factsOf(socket, options.now);
  } catch {
    return undefined; // the sign-in that follows says what is wrong
  } finally {
    plain.destroy();
  }
}

function factsOf(socket: TLSSocket, now: Date): CertificateFacts | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const commonName = /CN=([^\n]+)/.exec(certificate.subject)?.[1];
  const names = (certificate.subjectAltName ?? '').split(', ').filter((name) => name !== '');
  const validTo = new Date(certificate.validTo);
  return {
    subject: certificate.subject.replace(/\n/g, ', '),
    issuer: certificate.issuer.replace(/\n/g, ', '),
    names: names.length > 0 ? names : commonName === undefined ? [] : [commonName],
    validTo,
    daysLeft: Math.floor((validTo.getTime() - now.getTime()) / 86_400_000),
  };
}

function serverOf(url: string): { readonly hostname: string; readonly port: number; readonly secure: boolean } {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'ldaps:';
  return {
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 636 : 389) : Number(port),
    secure,
  };
}

async function isOpen(host: string, port: number): Promise<boolean> {
  const socket = connectTcp({ host, port });
  try {
    await within(socket, once(socket, 'connect'));
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function within<T>(socket: Socket, event: Promise<T>): Promise<T> {
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), WAIT_MS);
  try {
    return await event;
  } finally {
    clearTimeout(timer);
  }
}
