import type { Page } from 'playwright-core'
import { startBrowser } from '../browser.ts'
import { until } from '../until.ts'
import { startCountedWay, type CountedWay } from './counted-way.ts'

export type PageFigures = {
  readonly driver_first_load_kb: number
  readonly driver_lcp_ms: number
  readonly kiosk_first_load_kb: number
}

export type PagesUnderTest = {
  readonly cloudPort: number
  readonly edgePort: number
  readonly rounds: number
  readonly onRound: (line: string) => void
}

/**
 * Old 3G at the edge of its cell: 400 kbit/s each way, 400 ms for a round trip. Chromium delays
 * each answer but not the connection's handshake, so a real first paint comes one round trip later.
 */
const slowLink = {
  offline: false,
  latency: 400,
  downloadThroughput: 50_000,
  uploadThroughput: 50_000,
}

/**
 * First loads with an empty profile, each round in a browser of its own, after one round to warm
 * the servers; medians. The driver's page comes over the slow link, the kiosk's over the LAN.
 */
export async function measurePages(pages: PagesUnderTest): Promise<PageFigures> {
  const cloud = await startCountedWay(pages.cloudPort)
  const edge = await startCountedWay(pages.edgePort)
  const rounds: PageFigures[] = []
  try {
    for (let round = 0; round <= pages.rounds; round += 1) {
      const driver = await firstLoad(cloud, { width: 360, height: 780, slow: true })
      const kiosk = await firstLoad(edge, { width: 1280, height: 720, slow: false })
      const figures = {
        driver_first_load_kb: driver.kb,
        driver_lcp_ms: driver.lcpMs,
        kiosk_first_load_kb: kiosk.kb,
      }
      pages.onRound(`${round === 0 ? 'warm-up' : `round ${round}`} ${JSON.stringify(figures)}`)
      if (round > 0) rounds.push(figures)
    }
  } finally {
    await Promise.all([cloud.close(), edge.close()])
  }
  const middle = (name: keyof PageFigures): number =>
    rounds.map((each) => each[name]).toSorted((a, b) => a - b)[rounds.length >> 1] ?? 0
  return {
    driver_first_load_kb: middle('driver_first_load_kb'),
    driver_lcp_ms: middle('driver_lcp_ms'),
    kiosk_first_load_kb: middle('kiosk_first_load_kb'),
  }
}

type Load = { readonly width: number; readonly height: number; readonly slow: boolean }

async function firstLoad(
  way: CountedWay,
  { width, height, slow }: Load,
): Promise<{ readonly kb: number; readonly lcpMs: number }> {
  const browser = await startBrowser({ width, height, reroute: way.reroute })
  try {
    const page = browser.context.pages()[0] ?? (await browser.context.newPage())
    await page.addInitScript(keepLargestPaint)
    if (slow) {
      const devtools = await browser.context.newCDPSession(page)
      await devtools.send('Network.emulateNetworkConditions', slowLink)
    }
    way.reset()
    await page.goto(way.url)
    await page.locator('main, .sheet').first().waitFor()
    await allLoaded(page, way)
    return {
      kb: Math.round(way.receivedBytes() / 100) / 10,
      lcpMs: Math.round(await page.evaluate<number>('globalThis.largestPaintMs ?? 0')),
    }
  } finally {
    await browser.close()
  }
}

// Source text, because an init script runs in the page before any of our functions exist there.
const keepLargestPaint = `new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) globalThis.largestPaintMs = entry.startTime
}).observe({ type: 'largest-contentful-paint', buffered: true })`

const quietMs = 1_500

/** The page and its service worker have asked for everything: the wire has been quiet for a while. */
async function allLoaded(page: Page, way: CountedWay): Promise<void> {
  await page.waitForLoadState('load')
  let [bytes, since] = [way.receivedBytes(), performance.now()]
  await until(
    () => {
      if (way.receivedBytes() !== bytes) [bytes, since] = [way.receivedBytes(), performance.now()]
      return performance.now() - since > quietMs
    },
    { what: 'the wire is quiet', withinMs: 30_000 },
  )
}
