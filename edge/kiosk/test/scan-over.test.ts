import { positionNo, ticketId } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { isOver } from '../src/parts/scan-over.ts'

const mine = { id: ticketId('018f0000-0000-7000-8000-000000000001') }
const other = { id: ticketId('018f0000-0000-7000-8000-000000000002') }
const scanned = { ticket: mine, position: positionNo(1), atMs: instant(1_000_000) }
const view = (laterMs: number, ticket: typeof mine | null, staged: typeof mine | null = null) => ({
  atMs: instant(1_000_000 + laterMs),
  positions: [
    { no: positionNo(1), ticket, staged },
    { no: positionNo(2), ticket: null, staged: null },
  ],
})

it('stands while its vehicle is called to the position, is filled there or waits behind', () => {
  expect(isOver(scanned, view(600_000, mine))).toBe(false)
  expect(isOver(scanned, view(600_000, other, mine))).toBe(false)
})

it('is over when the place is free again or another vehicle’s', () => {
  expect(isOver(scanned, view(600_000, null))).toBe(true)
  expect(isOver(scanned, view(600_000, other))).toBe(true)
})

it('is not over before its call can be on the screen', () => {
  expect(isOver(scanned, view(4_000, null))).toBe(false)
})

it('sent nobody anywhere: it stands until the next one', () => {
  expect(isOver({ ...scanned, position: null }, view(600_000, other))).toBe(false)
  expect(isOver({ ...scanned, ticket: null }, view(600_000, other))).toBe(false)
})
