import { drawnQr } from '@baari/hardware/drivers/escpos/drawn-qr'
import { drawnText } from '@baari/hardware/drivers/escpos/drawn-text'
import { encodePage } from '@baari/hardware/protocols/escpos/commands'
import { EscPosDecoder, type PrintedItem } from '@baari/hardware/protocols/escpos/decoder'
import { printedQrs } from '@baari/hardware/simulators/printed-qr'
import { kioskBooking } from '@baari/shared/contracts/http/edge-api'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import { laneNo } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PrintPage } from '../../../src/ports/paper.ts'
import { leased, windowAfter } from '../../support/leased-station.ts'
import { ashasPin, openStation, type OpenStation } from '../../support/open-station.ts'
import { asha } from '../../support/station-world.ts'

const outOfPaper: Fault = {
  ...{ kind: 'fault', code: 'printer_unready', device: 'slip-1' },
  ...{ latching: false, retrySafe: true, hint: 'the paper has ended' },
}

let station: OpenStation
let cookie: string
let paper: PrintedItem[]
let broken: boolean
let keys: number
beforeEach(async () => {
  paper = []
  broken = false
  keys = 0
  station = await openStation({
    print(page: PrintPage) {
      if (broken) return Promise.resolve(err(outOfPaper))
      const bytes = encodePage(page, { text: drawnText, qr: drawnQr })
      paper.push(...new EscPosDecoder().feed(bytes))
      return Promise.resolve(ok(null))
    },
  })
  cookie = await station.cookie(asha, ashasPin)
})

function post(path: string, body: object, key?: string): Promise<Response> {
  keys += 1
  const headers = { cookie, 'idempotency-key': key ?? `paper-key-${keys}` }
  return station.door.write(path, body, headers)
}

async function sold() {
  await leased(station.world)
  const answer = await post('/v1/bookings', {
    windowStartMs: windowAfter(station.world, 60),
    vehicleClass: 'auto',
    plate: 'GJ 01 KA 4711',
    retestValidUntil: '2031-03-31',
  })
  return kioskBooking.parse(await answer.json())
}

describe('a booking on paper', () => {
  it('its printed dots are read as the token on the screen, and the lane admits it', async () => {
    const { booking, token, code } = await sold()
    expect((await post(`/v1/bookings/${booking}/paper`, {})).status).toBe(204)
    const [printed = ''] = printedQrs(paper)
    expect(printed).toBe(token)
    const texts = paper.flatMap((item) => (item.kind === 'text' ? item.text : []))
    expect(texts.join('').replaceAll(' ', '')).toContain(code)
    station.world.advance(minutes(60))
    const scanned = await station.world.scan(station.scans.read(printed), { lane: laneNo(1) })
    expect(scanned.view.verdict).toBe('ADMIT')
  })

  it('a request that comes twice prints one paper', async () => {
    const { booking } = await sold()
    for (let time = 0; time < 2; time += 1) {
      const answer = await post(`/v1/bookings/${booking}/paper`, {}, 'same-paper-key')
      expect(answer.status).toBe(204)
    }
    expect(printedQrs(paper)).toHaveLength(1)
  })

  it('a printer without paper fails the request and nothing else, and says why', async () => {
    const { booking } = await sold()
    broken = true
    const answer = await post(`/v1/bookings/${booking}/paper`, {})
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'printer_unready' })
    broken = false
    expect((await post(`/v1/bookings/${booking}/paper`, {})).status).toBe(204)
  })

  it('a booking nobody knows has no paper', async () => {
    await leased(station.world)
    const answer = await post('/v1/bookings/018f0000-0000-7000-8000-00000000b001/paper', {})
    expect(answer.status).toBe(404)
    expect(paper).toEqual([])
  })
})

it('a station without a printer says so', async () => {
  station = await openStation()
  cookie = await station.cookie(asha, ashasPin)
  const { booking } = await sold()
  const answer = await post(`/v1/bookings/${booking}/paper`, {})
  expect(await answer.json()).toMatchObject({ code: 'no_printer' })
})
