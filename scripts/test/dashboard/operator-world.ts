import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hashPassword } from '@baari/cloud/adapters/keys/argon2-passwords'
import { composeCloud } from '@baari/cloud/compose'
import type { Pool } from 'pg'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { freePort } from '../../dev/embedded-postgres.ts'
import { startBrowser, type Browser } from '../../e2e/browser.ts'
import { cloudWorld } from '../../../cloud/test/support/cloud-world.ts'
import { tellStory } from '../../../cloud/test/support/station-story.ts'
import { stationUnderTest } from '../../../cloud/test/support/sync-world.ts'
import { TestStation, type WireOp } from '../../../cloud/test/support/test-station.ts'

const operator = { email: 'head@example.in', password: 'right password' }

export type OperatorWorld = {
  readonly url: string
  readonly pool: Pool
  /** The station under test says this on one of its streams; rejects when an op is not applied. */
  tell(stream: 'alarm' | 'state', ops: readonly WireOp[]): Promise<void>
  stop(): Promise<void>
}

/** A cloud with the dashboard as it is in the tree, an operator, and a station that speaks to it. */
export async function operatorWorld(role: 'operator' | 'auditor'): Promise<OperatorWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'baari-dashboard-'))
  const page = new URL('../../../cloud/dashboard/vite.config.ts', import.meta.url).pathname
  await build({
    ...{ root: dirname(page), configFile: page, logLevel: 'warn' },
    build: { outDir: folder, emptyOutDir: true },
  })
  const world = await cloudWorld()
  await world.pool.query(
    `INSERT INTO operator (id, email, name, role, password_hash) VALUES ($1, $2, 'Head', $3, $4)`,
    [randomUUID(), operator.email, role, await hashPassword(operator.password)],
  )
  const port = await freePort()
  const cloud = await composeCloud({
    ...{ ...world.config, port, dashboardFolder: folder },
    origins: [`http://127.0.0.1:${port}`],
  })
  const ledger = await tellStory(cloud.url, world.pool)
  const sides = {
    alarm: new TestStation(cloud.url, ledger.key, ledger.epoch, 'alarm'),
    state: new TestStation(cloud.url, ledger.key, ledger.epoch, 'state'),
  }
  return {
    url: cloud.url,
    pool: world.pool,
    async tell(stream, ops) {
      const side = Object.assign(sides[stream], { token: ledger.token, gen: ledger.gen })
      for (const op of ops) side.add(op)
      const from = side.lines.length - ops.length + 1
      const { status, body } = await side.send(side.batch(from, side.lines.length), stream)
      const results = body['results']
      if (status !== 200 || !Array.isArray(results) || results.length > 0) {
        throw new Error(`station ${stationUnderTest} was not heard: ${JSON.stringify(body)}`)
      }
    },
    async stop() {
      await cloud.stop()
      await world.dispose()
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/** Looked at by a person before a page is called done. */
export const pictures = join('out', 'dashboard')

/** The dashboard at `hash` in a browser of its own, signed in. */
export async function openSignedIn(
  { url }: OperatorWorld,
  hash = '',
): Promise<{ readonly browser: Browser; readonly page: Page }> {
  mkdirSync(pictures, { recursive: true })
  const browser = await startBrowser({ width: 1366, height: 768 })
  const page = await browser.context.newPage()
  await page.goto(`${url}/operator/${hash}`)
  await page.locator('input[type=email]').fill(operator.email)
  await page.locator('input[type=password]').fill(operator.password)
  await page.locator('button[type=submit]').click()
  return { browser, page }
}
