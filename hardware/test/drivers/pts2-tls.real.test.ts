import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { millis } from '@baari/shared/units/time'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createControllerLine } from '../../src/drivers/pts2/controller-line.ts'
import { serveController } from '../../src/simulators/pts2-controller.ts'
import { eventually } from '../rigs/eventually.ts'
import { missingProgram, scratchFolder } from '../rigs/foreign-program.ts'
import { newHead, newLogin, wireTo, type Carrier } from '../rigs/pump-on-network.ts'
import { realClock } from '../rigs/real-modbus.ts'
import { TestAuthority } from '../rigs/test-authority.ts'

const missing = missingProgram('openssl', 'openssl')
const folder = scratchFolder()
afterAll(folder.remove)

/** An authority that signs for one controller alone, made for this run. */
function authority(name: string): TestAuthority {
  const path = join(folder.path, name)
  mkdirSync(path)
  return new TestAuthority(path)
}

const carriers = ['http', 'web-socket'] as const satisfies readonly Carrier[]
const status = { Type: 'PumpGetStatus', Data: { Pump: 7 } } as const
const asking = {
  priority: 'control',
  timeoutMs: millis(2_000),
  retries: 0,
  withinMs: millis(5_000),
} as const

describe.skipIf(missing !== null)(
  `a controller over TLS${missing === null ? '' : ` (${missing})`}`,
  () => {
    const closers = makeCleanUps()
    afterEach(() => closers.run())

    async function lineTo(carrier: Carrier, pinned: 'its own' | 'another' | 'none') {
      const own = authority(`${carrier} ${pinned} own`)
      const login = newLogin()
      const tls = own.issue('pts2')
      const heads = [newHead({})]
      const controller = await serveController({ heads, login, clock: realClock, port: 0, tls })
      closers.push(() => controller.close())
      const other = (): string => authority(`${carrier} ${pinned} other`).caPem
      const certificate = pinned === 'its own' ? own.caPem : other()
      const peer = pinned === 'none' ? {} : { peer: { certificate } }
      const line = createControllerLine({
        wire: wireTo({ port: controller.port, ...peer }, login, carrier),
        clock: realClock,
      })
      closers.push(() => line.close())
      line.start()
      return { line, controller }
    }

    it.each(carriers)(
      'its pinned certificate is believed over %s, and it answers',
      async (carrier) => {
        const { line } = await lineTo(carrier, 'its own')
        await eventually(() => line.state() === 'open', 'the line is open')
        expect(await line.ask(status, asking)).toMatchObject({ ok: true })
      },
    )

    it('another certificate is refused over http before a login or a question is sent', async () => {
      const { line, controller } = await lineTo('http', 'another')
      const answer = await line.ask(status, asking)
      expect(answer).toMatchObject({ ok: false, error: { code: 'port_unavailable' } })
      expect(controller.messages()).toBe(0)
    })

    it('a node that expects no TLS gets no answer and no login is told', async () => {
      const { line, controller } = await lineTo('http', 'none')
      expect(await line.ask(status, asking)).toMatchObject({ ok: false })
      expect(controller.messages()).toBe(0)
    })
  },
)
