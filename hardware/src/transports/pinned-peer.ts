import type { ConnectionOptions } from 'node:tls'

/** How a peer with a certificate of its own is known. */
export type PinnedPeer = {
  /** PEM: the peer's own certificate, or that of an authority which signs for this peer alone. */
  readonly certificate: string
}

/**
 * TLS that believes this certificate and no public authority. The name in it is not looked at: a
 * controller names itself in its factory, and whoever holds the key of a pinned certificate is it.
 */
export function pinnedTls({ certificate }: PinnedPeer): ConnectionOptions {
  return {
    ca: certificate,
    rejectUnauthorized: true,
    checkServerIdentity: () => undefined,
    minVersion: 'TLSv1.2',
  }
}
