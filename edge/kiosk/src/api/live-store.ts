import {
  scanView,
  stationView,
  type ScanView,
  type StationView,
} from '@baari/shared/contracts/live/station-view'

/** What the screen knows of the station, and since when the node has been silent. */
export type LiveState = {
  readonly view: StationView | null
  readonly lastScan: ScanView | null
  /** Local time of the last word from the node; null before the first. */
  readonly heardAtMs: number | null
  readonly connected: boolean
  /** Messages that did not fit the contract; shown on the service page. */
  readonly badMessages: number
}

export type LiveStore = {
  get(): LiveState
  subscribe(call: () => void): () => void
  start(): () => void
}

const empty: LiveState = {
  view: null,
  lastScan: null,
  heardAtMs: null,
  connected: false,
  badMessages: 0,
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A scan event may overtake the view that carries it, or arrive after a newer one. */
function newerScan(a: ScanView | null, b: ScanView | null): ScanView | null {
  if (a === null || b === null) return a ?? b
  return b.atMs >= a.atMs ? b : a
}

/** Follows the node's event stream; the browser reconnects by itself and each view is whole. */
export function createLiveStore(onScan: (scan: ScanView) => void): LiveStore {
  let state = empty
  const listeners = new Set<() => void>()

  function set(next: Partial<LiveState>): void {
    state = { ...state, ...next }
    for (const call of listeners) call()
  }

  function onView(event: MessageEvent<string>): void {
    const parsed = stationView.safeParse(parseJson(event.data))
    if (!parsed.success) return set({ badMessages: state.badMessages + 1 })
    set({
      view: parsed.data,
      lastScan: newerScan(state.lastScan, parsed.data.lastScan),
      heardAtMs: Date.now(),
      connected: true,
    })
  }

  function onScanEvent(event: MessageEvent<string>): void {
    const parsed = scanView.safeParse(parseJson(event.data))
    if (!parsed.success) return set({ badMessages: state.badMessages + 1 })
    set({ lastScan: newerScan(state.lastScan, parsed.data), heardAtMs: Date.now() })
    onScan(parsed.data)
  }

  return {
    get: () => state,
    subscribe(call) {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    start() {
      const source = new EventSource('/v1/live')
      source.addEventListener('view', onView)
      source.addEventListener('scan', onScanEvent)
      source.addEventListener('error', () => set({ connected: false }))
      source.addEventListener('open', () => set({ connected: true, heardAtMs: Date.now() }))
      return () => source.close()
    },
  }
}
