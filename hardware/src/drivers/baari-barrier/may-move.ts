import type { BarrierState } from '../../ports/barrier.ts'
import type { Reading } from '../../ports/reading.ts'

/**
 * Why the boom must not move now; null when it may (hardware.md 10.7, X04). Opening needs the
 * interlock alone: an open boom hurts nobody.
 */
export function whyNotMove(
  to: 'open' | 'closed',
  facts: { readonly interlockFree: boolean; readonly state: Reading<BarrierState> },
): string | null {
  if (!facts.interlockFree) return 'the station is stopped'
  if (to === 'open') return null
  const { value, quality } = facts.state
  if (value === null || quality !== 'good') return `the state of the boom is ${quality}`
  if (value.position === 'unknown') return 'the position of the boom is unknown'
  return value.occupied ? 'a vehicle stands under the boom' : null
}
