import type { Clock } from '@baari/shared/runtime/clock'
import { millis, minutes, type Millis } from '@baari/shared/units/time'
import { Client } from 'pg'

export type ChangeBell = {
  /** Tells the other processes that something was committed; many calls become one NOTIFY. */
  ring(): void
  stop(): Promise<void>
}

export type BellDeps = {
  readonly url: string
  readonly clock: Clock
  /** Another process rang, or the connection was lost and may have missed one. */
  readonly onRing: () => void
  /** Connected, also after a loss: the database may be another than before. */
  readonly onConnected: () => void
  readonly onFault: (error: unknown) => void
}

const channel = 'baari_change'
const gather = millis(10)
const firstRetry = millis(250)
const longestRetry: Millis = minutes(1)

/**
 * Wakes the other processes of this cloud over one connection of its own: a NOTIFY inside the
 * writers' transactions would put every commit in one line (sync.md 5.2). Losing it costs nothing
 * but the poll's 20 ms.
 */
export function changeBell({ url, clock, onRing, onConnected, onFault }: BellDeps): ChangeBell {
  let client: Client | undefined
  let stopped = false
  let pending = false
  let retry: Millis = firstRetry
  let cancel: () => void = () => undefined

  async function connect(): Promise<void> {
    const fresh = new Client({
      connectionString: url,
      application_name: 'baari-bell',
      // A NOTIFY that a crash loses concerned nobody who is still there.
      options: '-c synchronous_commit=off',
    })
    let ownProcess = 0
    fresh.on('error', onFault)
    fresh.on('end', () => lost(fresh))
    // What we rang ourselves is known here already.
    fresh.on('notification', ({ processId }) => {
      if (processId !== ownProcess) onRing()
    })
    try {
      await fresh.connect()
      const { rows } = await fresh.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      ownProcess = rows[0]?.pid ?? 0
      await fresh.query(`LISTEN ${channel}`)
      retry = firstRetry
      if (stopped) return void (await fresh.end())
      client = fresh
      onConnected()
    } catch (error) {
      onFault(error)
      lost(fresh)
    }
  }

  function lost(which: Client): void {
    if (client === which) client = undefined
    if (stopped) return
    onRing()
    cancel()
    cancel = clock.after('change bell', retry, () => void connect())
    retry = millis(Math.min(longestRetry, retry * 2))
  }

  void connect()
  return {
    ring() {
      if (pending || stopped) return
      pending = true
      clock.after('change ring', gather, () => {
        pending = false
        client?.query(`NOTIFY ${channel}`).catch(onFault)
      })
    },
    async stop() {
      stopped = true
      cancel()
      await client?.end().catch(onFault)
    },
  }
}
