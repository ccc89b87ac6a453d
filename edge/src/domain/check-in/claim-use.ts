import type { BookingFacts, UseFacts } from './scan-facts.ts'
import { stop, type Stop } from './stop.ts'

export type FreeUse = { readonly useNo: number; readonly continued: boolean }

/**
 * The use a scan may take. While a use is claimed the vehicle is here already, so a second scan is
 * PRESENT; only a fleet token lets further vehicles take further uses meanwhile.
 */
export function freeUse(booking: BookingFacts): FreeUse | Stop {
  const { uses, maxUses, vehicles } = booking
  const claimed = uses.find(({ state, inQueue }) => state === 'claimed' || inQueue)
  if (claimed && vehicles.length < 2) return present(claimed)
  const rest = uses.find(({ state, partFilled }) => state === 'redeemed' && partFilled)
  if (rest && !rest.inQueue) return { useNo: rest.useNo, continued: true }
  if (booking.state === 'consumed' && maxUses === 1) return used(uses)
  const taken = new Set(uses.filter(({ state }) => state !== 'released').map((use) => use.useNo))
  const free = Array.from({ length: maxUses }, (_, index) => index + 1).find((n) => !taken.has(n))
  if (free !== undefined) return { useNo: free, continued: false }
  return claimed ? present(claimed) : used(uses)
}

function present({ lane, at }: UseFacts): Stop {
  return stop('PRESENT', { lane, atMs: at })
}

function used(uses: readonly UseFacts[]): Stop {
  const last = uses.findLast(({ state }) => state === 'redeemed')
  return stop('USED', last ? { lane: last.lane, atMs: last.at } : {})
}
