import type { Fault } from '@baari/shared/faults/no'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { ServiceBook } from '../../../src/app/service/service-book.ts'

function faultOf(code: Fault['code'], device: string): Fault {
  return {
    kind: 'fault',
    code,
    device,
    latching: false,
    retrySafe: true,
    hint: `seen at ${device}`,
  }
}

function station() {
  const clock = manualClock()
  const told: string[] = []
  const book = new ServiceBook({
    clock,
    alarms: {
      raise: ({ source, subject, code }) => told.push(`${source} ${subject} ${code}`),
      clear: ({ source, subject, code }) => told.push(`over ${source} ${subject} ${code}`),
    },
  })
  let line: readonly Fault[] = []
  let device: readonly Fault[] = []
  book.line({
    id: 'rs1',
    state: () => 'open',
    counters: () => ({ exchanges: 7 }),
    faults: () => line,
  })
  book.device({
    id: 'd1',
    kind: 'dispenser',
    health: () => ({ state: 'online', detail: 'answers' }),
    faults: () => device,
  })
  const pass = (length: number): void => {
    for (let second = 0; second < length; second += 1) {
      clock.advance(seconds(1))
      book.look()
    }
  }
  return {
    ...{ book, told, pass },
    onLine: (...codes: Fault['code'][]) => void (line = codes.map((code) => faultOf(code, 'rs1'))),
    onDevice: (...codes: Fault['code'][]) =>
      void (device = codes.map((code) => faultOf(code, 'other'))),
  }
}

describe('the book of lines and devices', () => {
  it('a fault that stays is told once and cleared once', () => {
    const { told, pass, onLine } = station()
    onLine('duplicate_address')
    pass(120)
    onLine()
    pass(60)
    expect(told).toEqual(['line rs1 duplicate_address', 'over line rs1 duplicate_address'])
  })

  it('a fault that comes and goes every few seconds is one fault', () => {
    const { book, told, pass, onLine } = station()
    for (let round = 0; round < 20; round += 1) {
      onLine('bus_offline')
      pass(2)
      onLine()
      pass(3)
    }
    expect(told).toEqual(['line rs1 bus_offline'])
    expect(book.openFaults()).toMatchObject([{ subject: 'rs1', raised: 1 }])
  })

  it('a fault that was over and comes again is counted again', () => {
    const { book, told, pass, onDevice } = station()
    for (let round = 0; round < 2; round += 1) {
      onDevice('bus_timeout')
      pass(1)
      onDevice()
      pass(15)
    }
    expect(told.filter((one) => one === 'device d1 bus_timeout')).toHaveLength(2)
    expect(book.raised()).toEqual({ 'd1 bus_timeout': 2 })
    expect(book.openFaults()).toEqual([])
  })

  it('two faults of one device are two, each under the name of the station file', () => {
    const { book, pass, onDevice } = station()
    onDevice('bus_timeout', 'bad_reading')
    pass(1)
    expect(book.openFaults().map(({ subject, code }) => [subject, code])).toEqual([
      ['d1', 'bus_timeout'],
      ['d1', 'bad_reading'],
    ])
  })

  it('shows every line with its counters and every device with its health', () => {
    const { book } = station()
    expect(book.view()).toEqual({
      lines: [{ id: 'rs1', state: 'open', counters: { exchanges: 7 } }],
      devices: [{ id: 'd1', kind: 'dispenser', state: 'online', detail: 'answers' }],
      readings: [],
      faults: [],
    })
  })
})
