import { expect, it } from 'vitest'
import { pinoLog } from '../../../src/adapters/log/pino-log.ts'

function logged(fields: Record<string, string | number>): Record<string, unknown> {
  let line = ''
  const destination = { write: (text: string) => void (line = text) }
  pinoLog({ level: 'info', station: 'IN-GJ-0042', destination })({
    level: 'info',
    event: 'scan',
    fields,
  })
  return JSON.parse(line) as Record<string, unknown>
}

it('a plate is logged with its last four signs only', () => {
  expect(logged({ plate: 'GJ01AB1234' })).toMatchObject({
    msg: 'scan',
    station: 'IN-GJ-0042',
    plate: '…1234',
  })
})

it('PINs, tokens, raw scans and phone numbers never reach the log', () => {
  const line = logged({ pin: '4821', token: 'BAARI1:X', raw: 'x', phone: '98250', lane: 2 })
  expect(line).not.toHaveProperty('pin')
  expect(line).not.toHaveProperty('token')
  expect(line).not.toHaveProperty('raw')
  expect(line).not.toHaveProperty('phone')
  expect(line).toHaveProperty('lane', 2)
})
