import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Decimal } from '../../../src/protocols/decimal.ts'
import type { Pts2Request } from '../../../src/protocols/pts2/contract.ts'
import { pts2Error } from '../../../src/protocols/pts2/errors.ts'
import { pts2Decoder } from '../../../src/protocols/pts2/hex-decoder.ts'
import { readJson } from '../../../src/protocols/pts2/json-text.ts'
import {
  answers,
  nextTransaction,
  readMessage,
  writeMessage,
  type Pts2Packet,
} from '../../../src/protocols/pts2/messages.ts'
import { thirdPartyFile } from '../../vectors/third-party.ts'

const file = thirdPartyFile(
  'pts2_jsonpts_examples.json',
  z.object({ examples: z.record(z.string(), z.unknown()) }),
)
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** The packets of a message; a refused message has none. */
function packetsIn(text: string): readonly Pts2Packet[] {
  const message = readMessage(bytesOf(text))
  return message.ok ? message.value : []
}

function message(packet: string): string {
  return `{"Protocol":"jsonPTS","Packets":[${packet}]}`
}

function only(packet: string): Pts2Packet | undefined {
  return packetsIn(message(packet))[0]
}

const totals = (volume: string, id = '1'): string =>
  `{"Id":${id},"Type":"PumpTotals","Data":{"Pump":1,"Nozzle":1,"Volume":${volume}}}`

describe('the vendor’s examples', () => {
  it('every example is read as its type and written back as it was', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    const examples = Object.entries(file.vectors.examples).filter(([type]) => !/_raw$/.test(type))
    expect(examples.length).toBeGreaterThan(12)
    for (const [type, example] of examples) {
      const text = JSON.stringify(example)
      const [packet, ...more] = packetsIn(text)
      expect(more).toEqual([])
      if (packet?.kind !== 'request' && packet?.kind !== 'reply') return expect.fail(type)
      expect(packet.packet.Type).toBe(type)
      // The one example with its id as a string comes back with the same id as a number.
      const back = textOf(writeMessage([packet.packet]))
      expect(readJson(back)).toEqual(readJson(text.replace('"Id":"1"', '"Id":1')))
    }
  })

  it('the printed authorisation lacks its end and is torn; whole, it is read', ({ skip }) => {
    if (file.missing) return skip(file.reason)
    const raw = z.string().parse(file.vectors.examples['PumpAuthorize_raw'])
    expect(readMessage(bytesOf(raw))).toMatchObject({ ok: false, error: { code: 'frame_torn' } })
    expect(packetsIn(`${raw}}`)).toMatchObject([
      {
        kind: 'request',
        packet: { Type: 'PumpAuthorize', Data: { Type: 'Volume', Dose: { text: '2.75' } } },
      },
    ])
  })
})

describe('numbers', () => {
  it('a total is the digits the controller wrote, never a float', () => {
    // 1234567890123.456 kg is a float the third decimal of which is already lost.
    const packet = only(totals('1234567890123.456'))
    if (packet?.kind !== 'reply' || packet.packet.Type !== 'PumpTotals')
      return expect.fail('totals')
    expect(packet.packet.Data.Volume.countAt(3)).toBe(1_234_567_890_123_456)
    expect(textOf(writeMessage([packet.packet]))).toContain('"Volume":1234567890123.456')
  })

  it.each(['-1.5', '"1.5"', 'null', '1e400', '99999999999999999999.5', 'true'])(
    'the total %s is refused',
    (volume) => {
      expect(only(totals(volume))).toMatchObject({ kind: 'refused', code: 'field_wrong' })
    },
  )

  it.each([
    ['1', 1],
    ['"1"', 1],
    ['"0042"', 42],
    ['2.0', 2],
  ])('the id %s is %i', (id, value) => {
    expect(only(totals('1.0', id))).toMatchObject({ kind: 'reply', id: value })
  })

  it.each(['1.5', '"x"', '-1', 'null', '{}'])('the id %s is refused', (id) => {
    expect(only(totals('1.0', id))).toMatchObject({ kind: 'refused' })
  })

  it.each([
    ['PumpStop', '{"Pump":0}'],
    ['PumpStop', '{"Pump":121}'],
    ['PumpStop', '{}'],
    ['PumpStop', '5'],
    ['PumpStop', 'null'],
    ['PumpGetTotals', '{"Pump":1,"Nozzle":7}'],
    ['PumpCloseTransaction', '{"Pump":1,"Transaction":65536}'],
    ['PumpAuthorize', '{"Pump":1,"Nozzle":1,"Type":"Volume"}'],
    ['PumpAuthorize', '{"Pump":1,"Nozzle":1,"Type":"Mass","Dose":1.0}'],
  ])('%s with %s is refused', (type, data) => {
    expect(only(`{"Id":1,"Type":"${type}","Data":${data}}`)).toMatchObject({
      kind: 'refused',
      code: 'field_wrong',
    })
  })
})

describe('what the controller says', () => {
  it('D14 a status of an unknown type is refused and authorises nothing', () => {
    const status = '{"Id":1,"Type":"PumpDreamingStatus","Data":{"Pump":1}}'
    expect(only(status)).toMatchObject({ kind: 'refused', code: 'unknown_type' })
  })

  it('a refused packet keeps its id, so that whoever asked hears of it', () => {
    expect(only('{"Id":"5","Type":"PumpNewStatus","Data":{}}')).toMatchObject({ id: 5 })
    expect(only('{"Id":"x","Type":"PumpNewStatus","Data":{}}')).toMatchObject({ id: null })
  })

  it('a broken packet is refused alone; its neighbours are read', () => {
    const kinds = packetsIn(message(`${totals('x1').replace('x1', '"1"')},${totals('2.5', '2')}`))
    expect(kinds.map(({ kind }) => kind)).toEqual(['refused', 'reply'])
  })

  it('only a busy controller is asked again', () => {
    expect(pts2Error('JSONPTS_ERROR_BUSY_OTHER_USER', 40)).toMatchObject({
      kind: 'busy',
      retry: true,
    })
    const others = [
      'JSONPTS_ERROR_PUMP_BUSY_FILLING',
      'JSONPTS_ERROR_NO_PERMISSIONS',
      'JSONPTS_ERROR_PUMP_NUMBER_OUT_OF_RANGE',
      'JSONPTS_ERROR_PUMP_IS_NOT_CONFIGURED',
      'JSONPTS_ERROR_POWER_DOWN_DETECTED',
      'JSONPTS_ERROR_OF_A_LATER_REVISION',
      'constructor',
    ].map((one) => pts2Error(one, null))
    expect(others.map(({ kind }) => kind)).toEqual([
      'state',
      'access',
      'request',
      'configuration',
      'controller',
      'unknown',
      'unknown',
    ])
    expect(others.filter(({ retry }) => retry)).toEqual([])
  })

  it('an error packet is an error and never a value', () => {
    const packet = only(
      '{"Id":"3","Type":"PumpGetTotals","Error":true,"Code":40,"Message":"JSONPTS_ERROR_BUSY_OTHER_USER","Data":{"Pump":1}}',
    )
    expect(packet).toEqual({
      kind: 'error',
      id: 3,
      type: 'PumpGetTotals',
      error: { kind: 'busy', retry: true, name: 'JSONPTS_ERROR_BUSY_OTHER_USER', code: 40 },
    })
  })

  it('a command is confirmed by OK', () => {
    expect(only('{"Id":4,"Type":"PumpStop","Message":"OK"}')).toEqual({
      kind: 'confirmed',
      id: 4,
      type: 'PumpStop',
    })
  })
})

describe('which packet answers which request', () => {
  const ask: Pts2Request = { Id: 7, Type: 'PumpGetTotals', Data: { Pump: 1, Nozzle: 1 } }
  const told = (text: string): boolean => {
    const packet = only(text)
    return packet !== undefined && answers(ask, packet)
  }

  it('S05 a reply of another id, pump, nozzle or kind never answers', () => {
    const right = totals('5.0', '7')
    expect(told(right)).toBe(true)
    expect(told(right.replace('"Id":7', '"Id":6'))).toBe(false)
    expect(told(right.replace('"Pump":1', '"Pump":2'))).toBe(false)
    expect(told(right.replace('"Nozzle":1', '"Nozzle":2'))).toBe(false)
    expect(told('{"Id":7,"Type":"PumpIdleStatus","Data":{"Pump":1}}')).toBe(false)
    expect(told('{"Id":7,"Type":"PumpGetTotals","Message":"OK"}')).toBe(false)
  })

  it('prices are answered by prices, and a change of them by OK', () => {
    const packet = (text: string): Pts2Packet => only(text) ?? expect.fail(text)
    const get: Pts2Request = { Id: 1, Type: 'PumpGetPrices', Data: { Pump: 1 } }
    const prices = packet('{"Id":1,"Type":"PumpPrices","Data":{"Pump":1,"Prices":[79.00]}}')
    expect(answers(get, prices)).toBe(true)
    const set: Pts2Request = { Id: 1, Type: 'PumpSetPrices', Data: { Pump: 1, Prices: [] } }
    expect(answers(set, prices)).toBe(false)
    expect(answers(set, packet('{"Id":1,"Type":"PumpSetPrices","Message":"OK"}'))).toBe(true)
    const seven = '[1,1,1,1,1,1,1]'
    expect(only(`{"Id":1,"Type":"PumpPrices","Data":{"Pump":1,"Prices":${seven}}}`)?.kind).toBe(
      'refused',
    )
  })

  it('S07 our own request come back is no answer', () => {
    expect(told('{"Id":7,"Type":"PumpGetTotals","Data":{"Pump":1,"Nozzle":1}}')).toBe(false)
  })

  it('a stop is answered by its own confirmation or an error, an authorisation by its number', () => {
    const stop: Pts2Request = { Id: 1, Type: 'PumpStop', Data: { Pump: 1 } }
    const packet = (text: string): Pts2Packet => only(text) ?? expect.fail(text)
    expect(answers(stop, packet('{"Id":1,"Type":"PumpStop","Message":"OK"}'))).toBe(true)
    expect(answers(stop, packet('{"Id":1,"Type":"PumpResume","Message":"OK"}'))).toBe(false)
    expect(answers(stop, packet('{"Id":1,"Error":true,"Message":"JSONPTS_ERROR_X"}'))).toBe(true)
    const authorise: Pts2Request = {
      Id: 1,
      Type: 'PumpAuthorize',
      Data: { Pump: 1, Nozzle: 1, Type: 'FullTank' },
    }
    const confirmation =
      '{"Id":1,"Type":"PumpAuthorizeConfirmation","Data":{"Pump":1,"Transaction":9}}'
    expect(answers(authorise, packet(confirmation))).toBe(true)
    expect(answers(stop, packet(confirmation))).toBe(false)
  })
})

it('D13 after transaction 65,535 comes 1, so two sales can bear one number', () => {
  expect([1, 65_534, 65_535].map(nextTransaction)).toEqual([2, 65_535, 1])
  const sale = (total: string): string =>
    `{"Id":1,"Type":"PumpTransactionInformation","Data":{"Pump":1,"Transaction":1,"State":"Finished","Nozzle":1,"Volume":8.00,"Price":79.00,"Amount":632.00,"TotalVolume":${total}}}`
  expect(only(sale('100.00'))).not.toEqual(only(sale('108.00')))
})

it('every request we send is read back as the same request', () => {
  const dose = Decimal.of('8.250')
  if (dose === null) return expect.fail('dose')
  const requests: readonly Pts2Request[] = [
    { Id: 1, Type: 'PumpGetStatus', Data: { Pump: 120 } },
    {
      Id: 2,
      Type: 'PumpAuthorize',
      Data: { Pump: 1, Nozzle: 2, Type: 'Volume', Dose: dose, Price: dose, Transaction: 65_535 },
    },
    { Id: 3, Type: 'PumpAuthorize', Data: { Pump: 1, Nozzle: 2, Type: 'FullTank', Tag: 'A "b"' } },
    { Id: 4, Type: 'PumpEmergencyStop', Data: { Pump: 1 } },
    { Id: 5, Type: 'PumpSuspend', Data: { Pump: 1 } },
    { Id: 6, Type: 'PumpResume', Data: { Pump: 1 } },
    { Id: 7, Type: 'PumpCloseTransaction', Data: { Pump: 1, Transaction: 0 } },
    { Id: 8, Type: 'PumpGetTransactionInformation', Data: { Pump: 1, Transaction: 15 } },
    { Id: 9, Type: 'PumpGetPrices', Data: { Pump: 1 } },
    { Id: 10, Type: 'PumpSetPrices', Data: { Pump: 1, Prices: [dose, dose] } },
  ]
  const bytes = writeMessage(requests)
  expect(textOf(bytes)).toContain('"Dose":8.250')
  expect(readMessage(bytes)).toEqual({
    ok: true,
    value: requests.map((packet) => ({ kind: 'request', id: packet.Id, packet })),
  })
})

describe('messages that are none', () => {
  it.each([
    ['not_json', 'hello'],
    ['not_json', '{"Protocol":jsonPTS}'],
    ['frame_torn', '{"Protocol":"jsonPTS","Packets":[{'],
    ['field_wrong', '{"Protocol":"otherPTS","Packets":[{"Id":1}]}'],
    ['field_wrong', '{"Protocol":"jsonPTS","Packets":[]}'],
    ['field_wrong', '{"Protocol":"jsonPTS","Packets":[1]}'],
    ['field_wrong', '[]'],
    ['not_json', '{"Protocol":"jsonPTS","Protocol":"jsonPTS","Packets":[{"Id":1}]}'],
  ])('%s: %s', (code, text) => {
    expect(readMessage(bytesOf(text))).toMatchObject({ ok: false, error: { code } })
  })

  it('a message beyond 128 KiB or 128 packets is refused unread, and bytes that are no text too', () => {
    const code = (bytes: Uint8Array): string => {
      const read = readMessage(bytes)
      return read.ok ? '' : read.error.code
    }
    expect(code(new Uint8Array(131_073))).toBe('too_long')
    expect(code(bytesOf(message(Array(129).fill(totals('1')).join(','))))).toBe('field_wrong')
    expect(code(bytesOf(message(Array(128).fill(totals('1')).join(','))))).toBe('')
    expect(code(Uint8Array.of(0xc3, 0x28))).toBe('not_text')
  })
})

it('the decoder of recorded bytes tells numbers by their own text', () => {
  expect(pts2Decoder.decode(bytesOf(message(totals('123456.780'))))).toMatchObject([
    {
      kind: 'frame',
      fields: { kind: 'reply', id: 1, type: 'PumpTotals', data: { Pump: 1, Volume: '123456.780' } },
    },
  ])
  expect(pts2Decoder.decode(bytesOf(message(totals('"1"'))))).toMatchObject([
    { kind: 'refused', code: 'field_wrong' },
  ])
  expect(pts2Decoder.decode(bytesOf('{'))).toMatchObject([{ kind: 'refused', code: 'frame_torn' }])
  expect(pts2Decoder.decode(new Uint8Array(0))).toEqual([])
})
