import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { grams } from '@baari/shared/units/mass'
import { millis } from '@baari/shared/units/time'
import { afterEach, describe, expect, it } from 'vitest'
import { createControllerLine } from '../../src/drivers/pts2/controller-line.ts'
import type { ControllerLine } from '../../src/drivers/pts2/controller-port.ts'
import { nozzleNo } from '../../src/ports/dispenser.ts'
import { createHttpWire } from '../../src/transports/http-wire.ts'
import { serveController } from '../../src/simulators/pts2-controller.ts'
import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import {
  newHead,
  newLogin,
  pumpOnNetwork,
  randomIds,
  wireTo,
  type Carrier,
} from '../rigs/pump-on-network.ts'
import { realClock } from '../rigs/real-modbus.ts'

const skips = { 'boot-epoch': 'the controller does not count power cycles' }

dispenserContract('pts2 over HTTP', (options) => pumpOnNetwork('http', options), skips)
dispenserContract('pts2 over a WebSocket', (options) => pumpOnNetwork('web-socket', options), skips)

const nozzle = nozzleNo(1)
const carriers = ['http', 'web-socket'] as const satisfies readonly Carrier[]
const status = { Type: 'PumpGetStatus', Data: { Pump: 7 } } as const
const asking = {
  priority: 'control',
  timeoutMs: millis(2_000),
  retries: 0,
  withinMs: millis(5_000),
} as const

describe('connections', () => {
  const closers = makeCleanUps()
  afterEach(() => closers.run())

  function lineOver(wire: Parameters<typeof createControllerLine>[0]['wire']): ControllerLine {
    const line = createControllerLine({ wire, clock: realClock })
    closers.push(() => line.close())
    line.start()
    return line
  }

  it.each(carriers)('a wrong password is refused over %s and not tried on', async (carrier) => {
    const login = newLogin()
    const heads = [newHead({})]
    const controller = await serveController({ heads, login, clock: realClock, port: 0 })
    closers.push(() => controller.close())
    const wire = wireTo(controller, { ...login, password: 'another' }, carrier)
    const line = lineOver(wire)
    if (carrier === 'http') {
      expect(await line.ask(status, asking)).toMatchObject({
        ok: false,
        error: { code: 'controller_access', retrySafe: false },
      })
    } else {
      await eventually(() => line.state() === 'opening', 'not open')
      expect(await line.ask(status, asking)).toMatchObject({ ok: false })
    }
    expect(controller.messages()).toBe(0)
  })

  it.each(['MD5', 'SHA-256', 'MD5-sess'] as const)(
    'a login by %s is let in, and again when its nonce became old',
    async (algorithm) => {
      const login = newLogin()
      const heads = [newHead({})]
      const served = { heads, login, clock: realClock, port: 0, algorithm, usesPerNonce: 2 }
      const controller = await serveController(served)
      closers.push(() => controller.close())
      const line = lineOver(wireTo(controller, login, 'http'))
      for (let round = 0; round < 7; round += 1) {
        expect((await line.ask(status, asking)).ok).toBe(true)
      }
      expect(controller.messages()).toBe(7)
    },
  )

  it.each(carriers)(
    'S09 D06 a connection that is cut in mid-fill over %s comes back, and the sale is told once',
    async (carrier) => {
      const subject = await pumpOnNetwork(carrier)
      closers.push(() => subject.dispose())
      const { dispenser, head, controller } = subject
      closers.push(() => dispenser.dispose('test over'))
      await dispenser.start()
      const sales: number[] = []
      dispenser.on('sale', ({ sale }) => sales.push(sale.grams))
      await eventually(() => dispenser.status(nozzle).quality === 'good', 'good')
      head.setManualMode(true)
      head.vehicleArrives(grams(1_500))
      head.liftNozzle()
      await eventually(() => dispenser.status(nozzle).value?.state === 'fuelling', 'filling')
      controller.dropConnections()
      await eventually(() => head.model.vehicleRoomMilligrams === 0, 'full')
      head.hangUp()
      await eventually(() => sales.length === 1, 'the sale')
      expect(sales).toEqual([1_500])
    },
  )

  async function httpServer(answer: RequestListener): Promise<number> {
    const server = createHttpServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    closers.push(() => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })
    return (server.address() as AddressInfo).port
  }

  function lineTo(port: number): ControllerLine {
    const common = { name: 'pc1', clock: realClock, ids: randomIds, host: '127.0.0.1', port }
    return lineOver(createHttpWire({ ...common, path: '/jsonPTS', login: newLogin() }))
  }

  it('an answer longer than 128 KiB is refused before it is read whole', async () => {
    const port = await httpServer((_, response) => {
      response.writeHead(200)
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536, 0x20)));
        response.once('drain', more)
      }
      more()
    })
    expect(await lineTo(port).ask(status, asking)).toMatchObject({
      ok: false,
      error: { code: 'controller_failure' },
    })
  })

  it.each([
    [404, 'controller_failure'],
    [500, 'controller_failure'],
    [403, 'controller_access'],
  ])('HTTP status %i is the fault %s and no answer', async (code, fault) => {
    const port = await httpServer((_, response) => response.writeHead(code).end('{}'))
    expect(await lineTo(port).ask(status, asking)).toMatchObject({
      ok: false,
      error: { code: fault },
    })
  })

  it('a server that takes the request and says nothing costs its timeout and no more', async () => {
    const port = await httpServer(() => undefined)
    const answer = await lineTo(port).ask(status, { ...asking, timeoutMs: millis(100) })
    expect(answer).toMatchObject({ ok: false, error: { code: 'bus_timeout' } })
  })

  it('nobody at the address is a typed fault with the address', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const answer = await lineTo(port).ask(status, asking)
    expect(answer).toMatchObject({ ok: false, error: { code: 'port_unavailable' } })
    expect(answer.ok ? '' : answer.error.hint).toContain(`127.0.0.1:${port}`)
  })
})
