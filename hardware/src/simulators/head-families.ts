import { present } from '@baari/shared/faults/assert'
import { baariHeads } from './baari-heads.ts'
import { dartHeads } from './dart-heads.ts'
import { gilbarcoHeads } from './gilbarco-heads.ts'
import type { HeadFamily } from './head-family.ts'
import { neogiHeads } from './neogi-heads.ts'
import { pts2Heads } from './pts2-heads.ts'

/** Every protocol that a simulated station can speak; a new one joins here. */
const families = [
  baariHeads,
  dartHeads,
  gilbarcoHeads,
  pts2Heads,
  neogiHeads,
] as const satisfies readonly HeadFamily[]

export const usualFamily = baariHeads.driver
export const headDrivers = families.map(({ driver }) => driver)

/** The heads that a driver of the station file speaks to; an unknown name is a bug of the caller. */
export function headFamily(driver: string): HeadFamily {
  const known: readonly HeadFamily[] = families
  return present(
    known.find((family) => family.driver === driver),
    `simulated heads for ${driver}`,
  )
}
