import type { SessionAnswer } from '@baari/shared/contracts/sync/session'
import type { CloudLine, ExchangeAnswer, Session } from '../../ports/cloud-line.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { SyncCommands } from './sync-commands.ts'

export type KeeperDeps = {
  /** Number of this station. */
  readonly station: number
  readonly line: CloudLine
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
}

/** The one session of this node, shared by uplink and shape streams. */
export type SessionKeeper = {
  current(): Session | undefined
  /** Signs in anew; callers that come meanwhile share the answer. */
  renew(signal: AbortSignal): Promise<ExchangeAnswer<SessionAnswer>>
  /**
   * A session whose token is not `stale`; undefined when the cloud gives none now. A fenced node
   * asks for none: its next process would fence the one that speaks for the station.
   */
  ensure(stale: string | undefined, signal: AbortSignal): Promise<Session | undefined>
  /** Calls whenever a session was opened, by whoever asked; the answer ends it. */
  onOpened(call: () => void): () => void
}

export function sessionKeeper(deps: KeeperDeps): SessionKeeper {
  let session: Session | undefined
  let running: Promise<ExchangeAnswer<SessionAnswer>> | undefined
  const waiting = new Set<() => void>()

  async function open(signal: AbortSignal): Promise<ExchangeAnswer<SessionAnswer>> {
    const { epoch, prevEpoch, prevHeads, acked } = await deps.ledger.run('epoch.read', null)
    const answer = await deps.line.openSession({ epoch, prevEpoch, prevHeads, acked, signal })
    if (!answer.ok) return answer
    const { token, gen } = answer.value
    session = { token, gen, station: deps.station }
    await deps.ledger.run('epoch.generation', { generation: gen })
    for (const call of [...waiting]) call()
    return answer
  }

  function renew(signal: AbortSignal): Promise<ExchangeAnswer<SessionAnswer>> {
    running ??= open(signal).finally(() => {
      running = undefined
    })
    return running
  }

  return {
    current: () => session,
    renew,
    async ensure(stale, signal) {
      if (session !== undefined && session.token !== stale) return session
      const { fenced } = await deps.ledger.run('epoch.read', null)
      if (fenced) return undefined
      const answer = await renew(signal)
      return answer.ok ? session : undefined
    },
    onOpened(call) {
      waiting.add(call)
      return () => void waiting.delete(call)
    },
  }
}
