import type { CloudLine } from '../../ports/cloud-line.ts'
import type { ExchangeDeps } from './exchange.ts'
import { openSession, type StationIdentity } from './session-client.ts'
import { packRun, pullOps, readHeads, sendRun } from './uplink-sender.ts'

/** The line as HTTPS requests to one cloud. */
export function httpLine(deps: ExchangeDeps & { readonly identity: StationIdentity }): CloudLine {
  return {
    openSession: (input) => openSession(deps, input),
    sendRun: (input) => sendRun(deps, input),
    makeReady: packRun,
    readHeads: (input) => readHeads(deps, input),
    pullOps: (input) => pullOps(deps, input),
  }
}
