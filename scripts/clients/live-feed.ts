import {
  scanView,
  stationView,
  type ScanView,
  type StationView,
} from '@baari/shared/contracts/live/station-view'
import { EventCutter, type StreamEvent } from './event-stream.ts'
import { waitUntil } from './wait-until.ts'

/** Scans kept for a reader that comes late. */
const mostScans = 2_000

/** What a kiosk sees: the last view, and every scan answered since the feed began. */
export type LiveFeed = {
  view(): StationView | undefined
  /** Waits for a view with the property asked for. */
  until<T>(what: string, find: (view: StationView) => T | undefined): Promise<T>
  scans(): readonly ScanView[]
  /** The node ended the feed or went away: what it shows is of the past. */
  over(): boolean
  close(): void
}

const patienceMs = 20_000

export async function openLiveFeed(baseUrl: string, cookie: string): Promise<LiveFeed> {
  const ending = new AbortController()
  const answer = await fetch(`${baseUrl}/v1/live`, {
    headers: { cookie },
    signal: ending.signal,
  })
  if (!answer.ok || answer.body === null) throw new Error(`live feed: ${answer.status}`)
  let view: StationView | undefined
  let scans: readonly ScanView[] = []
  const take = ({ event, data }: StreamEvent): void => {
    if (event === 'view') view = stationView.parse(JSON.parse(data))
    if (event === 'scan') scans = [...scans, scanView.parse(JSON.parse(data))].slice(-mostScans)
  }
  const reading = read(answer.body, take)
  // The node may end first; what is then waited for says so by its own bound.
  let over = false
  reading.then(
    () => (over = true),
    () => (over = true),
  )
  return {
    over: () => over,
    view: () => view,
    scans: () => scans,
    until: (what, find) =>
      waitUntil({ what, withinMs: patienceMs }, () =>
        view === undefined ? undefined : find(view),
      ),
    close: () => ending.abort(),
  }
}

async function read(
  body: ReadableStream<Uint8Array>,
  take: (event: StreamEvent) => void,
): Promise<void> {
  const cutter = new EventCutter()
  const decoder = new TextDecoder()
  const reader = body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    for (const event of cutter.feed(decoder.decode(part.value, { stream: true }))) take(event)
  }
}
