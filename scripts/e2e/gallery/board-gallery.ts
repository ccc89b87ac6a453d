// The functions given to page.evaluate run in the browser.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { AxeBuilder } from '@axe-core/playwright'
import { present } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import { join } from 'node:path'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import { startBrowser } from '../browser.ts'
import type { SceneContext } from '../scene.ts'
import type { Finding } from './findings.ts'
import { startFixtureNode } from './fixture-node.ts'
import { noon, stationViews } from './station-views.ts'

/** TVs lying and standing, and the oldest panel of a station. */
const sizes = [
  { width: 1920, height: 1080 },
  { width: 1080, height: 1920 },
  { width: 1280, height: 720 },
] as const

const languages = ['en', 'hi', 'mr', 'gu', 'ta'] as const

/** A number is at least a fifteenth of the screen's height (screens.md section 1). */
const numberShare = 1 / 15

type Shot = {
  readonly state: string
  readonly view: StationView
  readonly language: (typeof languages)[number]
  readonly size: (typeof sizes)[number]
}

const { normal, empty, full } = stationViews

const states: Readonly<Record<string, StationView>> = {
  normal: calledAtTwo(normal),
  empty,
  full: calledAtTwo(full),
  closed: { ...normal, shift: null },
  'gas-low': { ...calledAtTwo(normal), gas: { bankMbar: 150_000, vehiclesPerHour: 20 } },
}

/** The picture with a second number called, as it is at noon. */
function calledAtTwo(view: StationView): StationView {
  const [ticket] = view.next
  const positions = view.positions.map((position) =>
    position.no === 2 && ticket !== undefined
      ? { ...position, state: 'called' as const, ticket, calledAtMs: instant(noon - 20_000) }
      : position,
  )
  return { ...view, positions, next: view.next.slice(1) }
}

function shots(): readonly Shot[] {
  const [reference, ...others] = sizes
  const busy = { state: 'normal', view: present(states['normal'], 'busy station') }
  return [
    ...Object.entries(states).map(([state, view]) => {
      return { state, view, language: 'en' as const, size: reference }
    }),
    ...languages.slice(1).map((language) => ({ ...busy, language, size: reference })),
    ...others.flatMap((size) =>
      (['hi', 'ta'] as const).map((language) => ({ ...busy, language, size })),
    ),
  ]
}

/** Takes every picture of the board; what it objects to are faults a person in line would see. */
export async function takeBoardGallery(
  dist: string,
  { full: all, pictures, step }: SceneContext,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { state, view, language, size } of all ? shots() : shots().slice(0, 1)) {
    const name = `board-${state}-${language}-${size.width}x${size.height}`
    step(name)
    const node = await startFixtureNode(dist, view)
    const browser = await startBrowser({ ...size, dark: false })
    try {
      const page = present(browser.context.pages()[0], 'page')
      await page.goto(`${node.url}/board.html?lang=${language}`)
      await page.locator('.public header').waitFor()
      await page.evaluate('document.fonts.ready.then(() => undefined)')
      await page.screenshot({ path: join(pictures, `${name}.png`) })
      const axe = await new AxeBuilder({ page }).analyze()
      for (const each of axe.violations) {
        const isSerious = each.impact === 'serious' || each.impact === 'critical'
        if (isSerious) findings.push({ picture: name, problem: `${each.id}: ${each.help}` })
      }
      const least = Math.min(size.height, size.width) * numberShare
      for (const problem of await page.evaluate(unreadable, least)) {
        findings.push({ picture: name, problem })
      }
    } finally {
      await browser.close()
      await node.close()
    }
  }
  return findings
}

/** Runs in the browser: numbers that are too small, and text that is cut off. */
function unreadable(least: number): string[] {
  const numbers = [...document.querySelectorAll<HTMLElement>('.public li strong')]
  const small = numbers
    .filter((each) => Number.parseFloat(getComputedStyle(each).fontSize) < least - 0.5)
    .map((each) => `number ${each.textContent} is smaller than ${Math.round(least)} px`)
  const boxes = [...document.querySelectorAll<HTMLElement>('.public, .public section, .public li')]
  const cut = boxes
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => `${each.className || each.tagName} is wider than its place`)
  const tall = boxes
    .filter((each) => each.scrollHeight > each.clientHeight + 2)
    .map((each) => `${each.className || each.tagName} is taller than its place`)
  return [...small, ...cut, ...tall]
}
