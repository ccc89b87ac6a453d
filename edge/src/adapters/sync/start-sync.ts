import { startLink, type LinkDeps, type Sync } from '../../app/sync/start-link.ts'
import { electricSource } from './electric-source.ts'
import { httpLine } from './http-line.ts'
import type { StationIdentity } from './session-client.ts'

export type SyncDeps = Omit<LinkDeps, 'station' | 'lineOf' | 'sourceOf'> & {
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
    sourceOf: (keeper) => electricSource({ ...deps, keeper }),
  })
}
