import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'

/** Certificates of the door, as PEM. */
export type InletCertificates = {
  readonly keyPem: string
  readonly certPem: string
  /** Who may sign a device's certificate. */
  readonly deviceCaPem: string
  /** Certificates that are taken back, as a list of the same authority. */
  readonly revokedPem?: string
}

export type SecureDoor = {
  /** The far end proved its name; the common name of its certificate is the only one it may use. */
  readonly onDevice: (socket: TLSSocket, name: string) => void
  /** One sentence: expired, of another authority, taken back, or no TLS at all. */
  readonly onRefused: (reason: string) => void
}

/** A handshake that hangs would hold its socket for ever. */
const handshakeTimeoutMs = 10_000
/** Refusals that came before the handshake ended; the reason is told once per socket. */
const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_REVOKED: 'the certificate was taken back',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is of another authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is of another authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is of another authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is of another authority',
}

/**
 * The door for devices that are not on loopback: TLS 1.2 or newer, and each device shows a
 * certificate of the station's authority (B09). The verdict is made after the handshake, so that
 * the refusal has a name; until then nothing of the device is read.
 */
export function createSecureDoor(certificates: InletCertificates, door: SecureDoor): Server {
  const { keyPem, certPem, deviceCaPem, revokedPem } = certificates
  const server = createServer(
    {
      key: keyPem,
      cert: certPem,
      ca: deviceCaPem,
      ...(revokedPem === undefined ? {} : { crl: revokedPem }),
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs,
    },
    (socket) => {
      const why = refusalOf(socket)
      if (why === null) return door.onDevice(socket, commonNameOf(socket))
      door.onRefused(`${why} (${commonNameOf(socket) || 'no name'})`)
      socket.on('error', () => undefined)
      socket.destroy()
    },
  )
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    door.onRefused(`no TLS connection: ${error.message}`)
    socket.destroy()
  })
  return server
}

function refusalOf(socket: TLSSocket): string | null {
  if (socket.authorized) return commonNameOf(socket) === '' ? 'the certificate names nobody' : null
  // Node gives the code of OpenSSL; its type says Error.
  const code = String(socket.authorizationError)
  return (
    reasons[code] ??
    (Object.keys(socket.getPeerCertificate()).length === 0
      ? 'no certificate was shown'
      : `the certificate is refused: ${code}`)
  )
}

function commonNameOf(socket: TLSSocket): string {
  const { subject } = socket.getPeerCertificate()
  const name = subject?.CN
  return typeof name === 'string' ? name : ''
}
