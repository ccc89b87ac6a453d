import { startLink, type LinkDeps, type Sync } from '../../app/sync/start-link.ts'
import { electricSource } from './electric-source.ts'
import { httpLine } from './http-line.ts'
import { proofClient } from './proof-client.ts'
import type { StationIdentity } from './session-client.ts'

export type SyncDeps = Omit<LinkDeps, 'station' | 'lineOf' | 'sourceOf' | 'proofLine' | 'seal'> & {
  /** Address of the cloud, such as `https://cloud.example`. */
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly identity: StationIdentity
}

/** Both directions of the sync over HTTPS. */
export function startSync(deps: SyncDeps): Promise<Sync> {
  return startLink({
    ...deps,
    station: deps.identity.station,
    lineOf: (onTime) => httpLine({ ...deps, onTime }),
    proofLine: proofClient(deps),
    seal: { kid: deps.identity.kid, sign: deps.identity.sign },
    sourceOf: (keeper) => electricSource({ ...deps, keeper }),
  })
}
