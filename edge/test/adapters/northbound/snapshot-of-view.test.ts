import { stationView } from '@baari/shared/contracts/live/station-view'
import { expect, it } from 'vitest'
import { snapshotOfView } from '../../../src/adapters/northbound/snapshot-of-view.ts'

const view = stationView.parse({
  ...{
    revision: 1,
    atMs: 1_795_000_000_000,
    clock: 'trusted',
    gas: { bankMbar: 210_000, vehiclesPerHour: 57 },
  },
  station: { no: 42, name: 'Satellite' },
  link: { up: false, lastExchangeMs: null, unsentOps: 12, oldestUnsentMs: null },
  shift: null,
  positions: [
    {
      ...{ no: 1, lane: 1, nozzles: ['ngv1'], state: 'filling', ticket: null, staged: null },
      ...{ reason: null, calledAtMs: null, undoUntilMs: null, fault: null },
      fill: {
        ...{ id: '018f0000-0000-7000-8000-00000000f001', grams: 1_250, limitGrams: 6_000 },
        ...{ amountPaise: 11_812, pricePaisePerKg: 9_450, remainingMs: null },
      },
    },
    {
      ...{ no: 2, lane: 1, nozzles: ['ngv1'], state: 'fault', ticket: null, staged: null },
      ...{ reason: null, calledAtMs: null, undoUntilMs: null, fill: null },
      fault: { code: 'meter_reset', text: 'the meter went back', sinceMs: 1_795_000_000_000 },
    },
  ],
  next: [],
  counts: { booked: 2, walkIns: 5, standby: 0 },
  rule: { streak: 0, limit: 2, oldestWalkInWaitMs: null },
  walkInWait: { medianMs: 600_000, p90Ms: 900_000 },
  forecast: null,
  ...{ lastScan: null, sales: [] },
})

it('a host sees the queue, the gas, the link and each position', () => {
  const { node, devices } = snapshotOfView(view)
  expect(node).toMatchObject({
    'Queue/Walk-ins': { value: 5 },
    'Gas/Bank pressure mbar': { value: 210_000 },
    'Link/Up': { value: false },
    'Link/Unsent operations': { value: 12 },
  })
  expect(devices['position-1']).toMatchObject({
    State: { value: 'filling' },
    'Fill/Mass g': { value: 1_250 },
    'Fault/Code': { value: null },
  })
  expect(devices['position-2']).toMatchObject({
    State: { value: 'fault' },
    'Fill/Mass g': { value: null },
    'Fault/Code': { value: 'meter_reset' },
  })
})

it('a value that is not known is null and keeps its name, so that no new birth is needed', () => {
  const without = snapshotOfView({ ...view, gas: null })
  expect(Object.keys(without.node)).toEqual(Object.keys(snapshotOfView(view).node))
  expect(without.node['Gas/Bank pressure mbar']).toEqual({ type: 'Int64', value: null })
})
