import { grams } from '@baari/shared/units/mass'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { SerialPort } from 'serialport'
import { describe, expect, it } from 'vitest'
import type { LineEnd } from '../../src/simulators/line-end.ts'
import { baariSlave } from '../../src/simulators/baari-heads.ts'
import { serveSlaves } from '../../src/simulators/modbus-slave.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import { joinPtys, missingProgram, run, scratchFolder } from '../rigs/foreign-program.ts'
import { realClock } from '../rigs/real-modbus.ts'

const missing = missingProgram('socat', 'socat') ?? missingProgram('mbpoll', 'mbpoll')

function slavePort(port: SerialPort): LineEnd {
  return {
    write: (bytes) => {
      port.write(bytes)
      return true
    },
    onBytes: (call) => {
      port.on('data', call)
      return () => void port.off('data', call)
    },
  }
}

describe.skipIf(missing !== null)(
  `mbpoll as master${missing === null ? '' : ` (${missing})`}`,
  () => {
    it('reads the simulated head: state idle, boot epoch 1 and the totaliser', async () => {
      const folder = scratchFolder()
      const { near, far, socat } = await joinPtys(folder.path)
      const head = new SimulatedDispenser({
        address: 7,
        prng: seededPrng(1),
        totaliserGrams: grams(123_456_789),
      })
      const port = new SerialPort({ path: far, baudRate: 19_200, parity: 'even', autoOpen: false })
      await new Promise((resolve) => port.open(resolve))
      serveSlaves(slavePort(port), [baariSlave(head)], realClock)
      const args = [
        '-m',
        'rtu',
        '-a',
        '7',
        '-b',
        '19200',
        '-P',
        'even',
        '-0',
        '-r',
        '0',
        '-c',
        '12',
        '-t',
        '4:hex',
        '-1',
        near,
      ]
      const mbpoll = run('mbpoll', args)
      await new Promise<void>((resolve) => mbpoll.child.once('close', () => resolve()))
      const words = [...mbpoll.output().matchAll(/\[\d+\]:\s+0x([0-9A-F]{4})/g)].map(
        (match) => match[1],
      )
      expect(words.slice(0, 6), mbpoll.output()).toEqual([
        '0002',
        '0000',
        '0000',
        '0001',
        '0000',
        '0000',
      ])
      expect(Number.parseInt(words.slice(8, 12).join(''), 16)).toBe(123_456_789)
      await new Promise((resolve) => port.close(resolve))
      await socat.end()
      folder.remove()
    })
  },
)
