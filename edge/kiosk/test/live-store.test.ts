import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLiveStore } from '../src/api/live-store.ts'

/** The browser's EventSource, as far as the store uses it. */
class FakeSource extends EventTarget {
  static last: FakeSource | undefined
  closed = false
  constructor() {
    super()
    FakeSource.last = this
  }
  close(): void {
    this.closed = true
  }
  send(event: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }))
  }
}

const scan = (atMs: number): Record<string, unknown> => ({
  id: '018f0000-0000-7000-8000-000000000001',
  atMs,
  lane: 1,
  source: 'scanner',
  verdict: 'UNKNOWN',
  signal: 'stop',
  facts: {},
  ticket: null,
  position: null,
  reason: null,
  provisional: false,
  undoUntilMs: null,
})

describe('live store', () => {
  beforeEach(() => vi.stubGlobal('EventSource', FakeSource))
  afterEach(() => vi.unstubAllGlobals())

  it('a scan is shown and sounded as soon as it arrives', () => {
    const heard: string[] = []
    const store = createLiveStore((each) => heard.push(each.verdict))
    store.start()
    FakeSource.last?.send('scan', scan(10))
    expect(heard).toEqual(['UNKNOWN'])
    expect(store.get().lastScan?.atMs).toBe(10)
  })

  it('an older scan never replaces a newer one', () => {
    const store = createLiveStore(() => undefined)
    store.start()
    FakeSource.last?.send('scan', scan(20))
    FakeSource.last?.send('scan', scan(10))
    expect(store.get().lastScan?.atMs).toBe(20)
  })

  it('a message that breaks the contract is counted and changes nothing', () => {
    const store = createLiveStore(() => undefined)
    store.start()
    FakeSource.last?.send('view', { revision: 'x' })
    expect(store.get().badMessages).toBe(1)
    expect(store.get().view).toBeNull()
  })

  it('a lost connection is told, the last picture stays', () => {
    const store = createLiveStore(() => undefined)
    const stop = store.start()
    FakeSource.last?.send('scan', scan(20))
    FakeSource.last?.dispatchEvent(new Event('error'))
    expect(store.get().connected).toBe(false)
    expect(store.get().lastScan?.atMs).toBe(20)
    stop()
    expect(FakeSource.last?.closed).toBe(true)
  })
})
