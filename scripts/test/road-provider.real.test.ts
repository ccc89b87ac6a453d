import { serve, type ServerType } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { osrmRoutes } from '@baari/cloud/adapters/routes/osrm-routes'
import { greatCircleMetres, place } from '@baari/shared/units/place'
import { instant } from '@baari/shared/units/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxApp } from '../sandbox/sandbox-app.ts'

/** Latitude and longitude of Ahmedabad cannot be taken for each other: the other way round is sea. */
const home = place(22_955_000, 72_535_000)
const near = place(23_033_000, 72_532_000)
const island = place(11_667_000, 92_733_000)
const now = instant(0)

/** Of the messages, which nothing here sends. */
const account = { sid: `AC${'0'.repeat(32)}`, token: '0'.repeat(32) }

let sandbox: ServerType
let url: string
beforeAll(async () => {
  const bound = await new Promise<AddressInfo>((resolve) => {
    const app = sandboxApp({ now: Date.now, account, onFault: () => undefined })
    sandbox = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, resolve)
  })
  url = `http://127.0.0.1:${bound.port}`
})
afterAll(() => new Promise((resolve) => sandbox.close(resolve)))

/** A service that answers this, whatever it is asked. */
async function answering(status: number, body: string, use: (url: string) => Promise<void>) {
  const server = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

describe('the service of routes', () => {
  it('tells how long in the order asked, longitude first, and nothing where no road leads', async () => {
    const routes = osrmRoutes({ baseUrl: url, deadlineMs: 10_000 })
    const times = await routes.times(home, [near, island], now)
    expect(times).toHaveLength(2)
    expect(times?.[1]).toBeUndefined()
    const metres = Math.round(greatCircleMetres(home, near) * 1.4)
    expect(times?.[0]).toBeCloseTo((metres / 7) * 1_000, -2)
  })

  it('refuses what OSRM refuses', async () => {
    for (const path of ['72.5,91;72.5,23', '72.5;23', '72.5,23;72.6,23?sources=2']) {
      const answer = await fetch(`${url}/table/v1/driving/${path}`)
      expect([path, answer.status]).toEqual([path, 400])
    }
  })

  it.each([
    ['an error', 500, '{"code":"Ok"}'],
    ['another code', 200, '{"code":"NoSegment"}'],
    ['no JSON', 200, '<html>'],
    ['too few ways', 200, '{"code":"Ok","durations":[[60]]}'],
    ['negative seconds', 200, '{"code":"Ok","durations":[[-1,2]]}'],
    ['too long', 200, 'x'.repeat(300_000)],
  ])('that answers with %s is done without', async (_, status, body) => {
    await answering(status, body, async (base) => {
      const routes = osrmRoutes({ baseUrl: base, deadlineMs: 10_000 })
      expect(await routes.times(home, [near, island], now)).toBeUndefined()
    })
  })

  it('that is away is done without', async () => {
    const routes = osrmRoutes({ baseUrl: 'http://127.0.0.1:9', deadlineMs: 10_000 })
    expect(await routes.times(home, [near], now)).toBeUndefined()
  })
})
