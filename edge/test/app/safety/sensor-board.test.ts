import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { millis } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseStationFile } from '../../../src/adapters/station-file/parse-station-file.ts'
import { SensorBoard, type SensorWord } from '../../../src/app/safety/sensor-board.ts'
import type { StationPlan } from '../../../src/ports/station-plan.ts'

const base = readFileSync(
  join(import.meta.dirname, '../../adapters/station-file/valid/simulated-station.yaml'),
  'utf8',
)
const sensors = `
sensors:
  - { id: bank-high, driver: mqtt, topic: bank/high, unit: mbar, range: [0, 300000], stale_ms: 3000 }
  - { id: lel-1, driver: mqtt, topic: gas/1, unit: pct_lel, stale_ms: 2000, trip: { warn: 20, stop: 40 } }
safety:
  esd: { driver: mqtt, topic: esd/1, stale_ms: 1000 }
  bank: { sensor: bank-high, min_mbar: 120000 }
`

function planOf(text: string): StationPlan {
  const parsed = parseStationFile(text)
  if (!parsed.ok) throw new Error(parsed.error[0].reason)
  return parsed.value
}

let clock: ManualClock
let board: SensorBoard
let seq = 0
beforeEach(() => {
  clock = manualClock()
  seq = 0
  board = new SensorBoard(planOf(base + sensors), clock)
})

function hear(topic: string, values: SensorWord['values'], over: Partial<SensorWord> = {}): void {
  const [deviceClass = '', device = ''] = topic.split('/')
  seq += 1
  board.hear({ deviceClass, device, boot: 'b1', seq, quality: 'good', values, ...over })
}
const gas = (): unknown => board.readings().gas[0]?.reading

describe('the sensor board', () => {
  it('X03: what is configured and was never heard is stale', () => {
    expect(board.readings()).toEqual({
      esd: { value: null, quality: 'stale' },
      gas: [
        {
          id: 'lel-1',
          reading: { value: null, quality: 'stale' },
          warnPercentLel: 20,
          stopPercentLel: 40,
        },
      ],
      bank: { reading: { value: null, quality: 'stale' }, minMbar: 120_000 },
    })
  })

  it('what the file does not name does not count', () => {
    const bare = new SensorBoard(planOf(base), clock)
    expect(bare.readings()).toEqual({ esd: null, gas: [], bank: null })
  })

  it('a good word is the reading until its stale time is over', () => {
    hear('gas/1', { pctLel: 3 })
    clock.advance(millis(2000))
    expect(gas()).toEqual({ value: 3, quality: 'good' })
    clock.advance(millis(1))
    expect(gas()).toEqual({ value: null, quality: 'stale' })
  })

  it('X03 C01: a step of the wall clock makes no stale reading fresh', () => {
    hear('gas/1', { pctLel: 3 })
    clock.advance(millis(2500))
    clock.stepWall(millis(-3_600_000))
    expect(gas()).toMatchObject({ quality: 'stale' })
  })

  it('B05: a redelivered message is an old one and keeps nothing fresh', () => {
    hear('gas/1', { pctLel: 3 })
    clock.advance(millis(1900))
    hear('gas/1', { pctLel: 3 }, { seq: 1 })
    clock.advance(millis(200))
    expect(gas()).toMatchObject({ quality: 'stale' })
  })

  it('after a reboot of the device its count begins anew', () => {
    hear('gas/1', { pctLel: 3 }, { seq: 500 })
    hear('gas/1', { pctLel: 9 }, { boot: 'b2', seq: 0 })
    expect(gas()).toMatchObject({ value: 9 })
  })

  it.each([
    ['a text', { pctLel: '3' }],
    ['null', { pctLel: null }],
    ['no number', { pctLel: Number.NaN }],
    ['another unit', { bankMbar: 3 }],
    ['nothing', {}],
  ])('%s instead of the number is bad', (_name, values) => {
    hear('gas/1', values)
    expect(gas()).toEqual({ value: null, quality: 'bad' })
  })

  it('the device`s own doubt is kept', () => {
    hear('gas/1', { pctLel: 3 }, { quality: 'uncertain' })
    expect(gas()).toEqual({ value: 3, quality: 'uncertain' })
  })

  it('a pressure outside its range is bad', () => {
    hear('bank/high', { pressureMbar: 400_000 })
    expect(board.readings().bank?.reading).toMatchObject({ quality: 'bad' })
    hear('bank/high', { pressureMbar: 210_500.4 })
    expect(board.readings().bank?.reading).toEqual({ value: 210_500, quality: 'good' })
  })

  it.each([
    [true, { value: 'healthy', quality: 'good' }],
    [false, { value: 'tripped', quality: 'good' }],
    ['yes', { value: null, quality: 'bad' }],
  ])('an emergency stop that says %s reads as such', (esdHealthy, reading) => {
    hear('esd/1', { esdHealthy })
    expect(board.readings().esd).toEqual(reading)
  })

  it('a wired emergency stop that no driver reads is stale, so unsafe', () => {
    const text = `${base}\nsafety: { esd: { driver: gpio, line: 17, active: open } }\n`
    expect(new SensorBoard(planOf(text), clock).readings().esd).toEqual({
      value: null,
      quality: 'stale',
    })
  })

  it('invented device names do not fill the memory', () => {
    hear('gas/1', { pctLel: 3 })
    for (let i = 0; i < 1500; i += 1) hear(`x/${i}`, {})
    expect(gas()).toMatchObject({ quality: 'stale' })
  })
})
