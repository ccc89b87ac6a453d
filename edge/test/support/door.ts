import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { doorNames } from '../../src/adapters/http/door-guards.ts'
import { httpApp } from '../../src/adapters/http/http-app.ts'
import { kioskFiles } from '../../src/adapters/http/kiosk-files.ts'
import type { LogLine } from '../../src/ports/log.ts'
import type { StationDesk } from '../../src/ports/station-desk.ts'
import { goodSession } from './recorded-desk.ts'
import { countedMetrics, keptLog } from './silent-parts.ts'

export const home = 'http://127.0.0.1:7420'

export type Door = {
  readonly clock: ManualClock
  readonly lines: readonly LogLine[]
  readonly counts: ReadonlyMap<string, number>
  ask(path: string, init?: RequestInit): Promise<Response>
  /** A proper write of a signed-in attendant; headers given as null are left out. */
  write(path: string, body: unknown, headers?: Record<string, string | null>): Promise<Response>
}

type DoorPlace = { readonly port: number; readonly kioskFolder: string }

/** The whole HTTP application over this desk, as the node at this port has it. */
export function appOf(desk: StationDesk, { port, kioskFolder }: DoorPlace) {
  const clock = manualClock()
  const { metrics, counts } = countedMetrics()
  const { log, lines } = keptLog()
  const app = httpApp({
    desk,
    clock,
    metrics,
    log,
    live: {
      changed() {},
      scanned() {},
      close() {},
      open: () => new ReadableStream(),
      openBoard: () => new ReadableStream(),
    },
    kiosk: kioskFiles(kioskFolder),
    names: doorNames({
      host: '127.0.0.1',
      port,
      allowedHosts: ['kiosk.local:7420'],
      https: false,
    }),
    readiness: () => Promise.resolve([{ part: 'ledger', ok: true, detail: 'answers' }]),
    metricsText: {
      contentType: 'text/plain',
      text: () => Promise.resolve('baari_scans_total 1\n'),
    },
    version: 'test',
  })
  return { app, clock, counts, lines }
}

/** The same application without a socket. */
export function doorOf(desk: StationDesk, kioskFolder = '/nowhere'): Door {
  const { app, clock, counts, lines } = appOf(desk, { port: 7420, kioskFolder })
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (!headers.has('host')) headers.set('host', '127.0.0.1:7420')
    return app.request(`${home}${path}`, { ...init, headers })
  }
  return {
    clock,
    lines,
    counts,
    ask,
    write(path, body, given = {}) {
      const headers: Record<string, string | null> = {
        origin: home,
        'content-type': 'application/json',
        cookie: `baari_attendant=${goodSession}`,
        'idempotency-key': 'key-00000001',
        ...given,
      }
      const kept = Object.entries(headers).filter((entry): entry is [string, string] => !!entry[1])
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return ask(path, { method: 'POST', headers: Object.fromEntries(kept), body: text })
    },
  }
}
