// The functions given to page.evaluate run in the browser.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { AxeBuilder } from '@axe-core/playwright'
import { present } from '@baari/shared/faults/assert'
import { join } from 'node:path'
import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'
import type { Page } from 'playwright-core'
import { startBrowser } from '../browser.ts'
import type { SceneContext } from '../scene.ts'
import type { Finding } from './findings.ts'
import { startFixtureNode } from './fixture-node.ts'
import { stationViews, ticket } from './station-views.ts'

/** The panel on a pillar, and a tablet. */
const sizes = [
  { width: 800, height: 480 },
  { width: 1280, height: 800 },
] as const

const languages = ['en', 'hi', 'mr', 'gu', 'ta'] as const

const { normal } = stationViews
const waiting = ticket({ n: 9, label: 'B 5501', state: 'staged' })

/** The first position in this state, the others as they are. */
function atFirst(change: Partial<PositionView>): StationView {
  const [first, ...others] = normal.positions
  return { ...normal, positions: [{ ...present(first, 'a position'), ...change }, ...others] }
}

const here = ticket({ n: 5, label: 'W-57', state: 'called' })
const states: Readonly<Record<string, StationView>> = {
  called: atFirst({ state: 'called', ticket: here, fill: null, mode: 'walk-in' }),
  filling: atFirst({ state: 'filling', ticket: here, staged: waiting, mode: 'booked' }),
  free: atFirst({ state: 'free', ticket: null, fill: null }),
  out: atFirst({ state: 'fault', ticket: null, fill: null, mode: 'closed' }),
  closed: { ...normal, shift: null },
}

type Shot = {
  readonly state: string
  readonly view: StationView
  readonly language: (typeof languages)[number]
  readonly size: (typeof sizes)[number]
}

function shots(): readonly Shot[] {
  const [small] = sizes
  return [
    ...Object.entries(states).flatMap(([state, view]) =>
      sizes.map((size) => ({ state, view, language: 'en' as const, size })),
    ),
    ...['called', 'filling', 'free'].flatMap((state) =>
      languages.slice(1).map((language) => {
        return { state, view: present(states[state], state), language, size: small }
      }),
    ),
  ]
}

/** Takes every picture of the display of a position, and one after its node was lost. */
export async function takeLaneGallery(
  dist: string,
  { full: all, pictures, step }: SceneContext,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { state, view, language, size } of all ? shots() : shots().slice(0, 1)) {
    const name = `lane-${state}-${language}-${size.width}x${size.height}`
    step(name)
    const node = await startFixtureNode(dist, view)
    const browser = await startBrowser({ ...size, dark: false })
    try {
      const page = present(browser.context.pages()[0], 'page')
      await page.goto(`${node.url}/lane/1?lang=${language}`)
      await page.locator(`.lane[data-says="${state}"]`).waitFor()
      findings.push(...(await pictured(page, join(pictures, `${name}.png`), name)))
      if (state === 'called') {
        await node.cutScreens()
        await page.locator('.lane[data-says="stale"]').waitFor()
        const lost = name.replace('called', 'stale')
        findings.push(...(await pictured(page, join(pictures, `${lost}.png`), lost)))
      }
    } finally {
      await browser.close()
      await node.close()
    }
  }
  return findings
}

async function pictured(page: Page, path: string, picture: string): Promise<readonly Finding[]> {
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  await page.screenshot({ path })
  const axe = await new AxeBuilder({ page }).analyze()
  const serious = axe.violations.filter(
    ({ impact }) => impact === 'serious' || impact === 'critical',
  )
  const cut = await page.evaluate(cutOff)
  return [...serious.map(({ id, help }) => `${id}: ${help}`), ...cut].map((problem) => {
    return { picture, problem }
  })
}

/** Runs in the browser: text that does not fit its place. */
function cutOff(): string[] {
  const boxes = [...document.querySelectorAll('.lane, .lane section, .lane footer')]
  const texts = [...document.querySelectorAll('.lane header strong, .lane section div > *')]
  return [
    ...boxes.filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 2),
    ...[...boxes, ...texts].filter(
      ({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1,
    ),
  ].map(({ className, tagName }) => `${className || tagName} does not fit its place`)
}
