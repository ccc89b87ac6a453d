import { seededChance, type Chance } from '../domain/forecast/chance.ts'
import type { MadeChoice } from '../domain/recommend/slots/fit-ranker.ts'
import { slotFeatures, type SlotFeatures } from '../domain/recommend/slots/slot-features.ts'
import { slotPrior } from '../domain/recommend/slots/slot-ranker.ts'

/** A town's drivers: what they mind, by feature, in steps; a taste of their own lies on top. */
export type MadeTown = { readonly tastes: Float64Array; readonly seed: number }

/**
 * A town whose drivers mind the features about as the weighted score says, each feature more or less
 * or the other way. Made data: nothing measured on it is true of a station.
 * @param apart how far tastes lie from the weighted score, in its own units
 */
export function madeTown(seed: number, apart = 0.4): MadeTown {
  const chance = seededChance(seed)
  const { prior } = slotPrior()
  return { seed, tastes: prior.map((weight) => weight + apart * normal(chance)) }
}

const shown = 6
const choicesPerDriver = 5

/** Choices among six slots each, with the stars that about two in three drivers give afterwards. */
export function madeChoices(town: MadeTown, count: number, from = 0): readonly MadeChoice[] {
  return Array.from({ length: count }, (_, at) => madeChoice(town, from + at))
}

function madeChoice({ tastes, seed }: MadeTown, at: number): MadeChoice {
  const chance = seededChance(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(at + 1, 0x85ebca6b))
  for (let warm = 0; warm < 3; warm += 1) chance()
  const options = Array.from({ length: shown }, () => madeSlot(chance))
  const liked = options.map((option) => likes(tastes, option))
  const drawn = liked.map((value) => value - Math.log(-Math.log(1 - chance())))
  const chosen = drawn.indexOf(Math.max(...drawn))
  // What the visit was like shows only there; the stars tell of it.
  const visit = liked[chosen]! - liked.reduce((sum, one) => sum + one, 0) / shown + normal(chance)
  const given = Math.min(5, Math.max(1, Math.round(3.4 + 0.7 * visit)))
  const stars = chance() < 0.65 ? given : undefined
  return { options, chosen, stars, driver: `driver-${Math.floor(at / choicesPerDriver)}` }
}

function likes(tastes: Float64Array, option: SlotFeatures): number {
  return slotFeatures.reduce(
    (sum, { name, step }, at) => sum + (tastes[at]! * (option[name] ?? 0)) / step,
    0,
  )
}

function madeSlot(chance: Chance): SlotFeatures {
  const whole = (most: number): number => Math.floor(chance() * (most + 1))
  return {
    distanceKm: whole(12),
    gapMin: 10 * whole(18),
    priceOverCheapestPaise: 50 * whole(12),
    freeRoom: 1 + whole(11),
    loadQ90: whole(12),
    waitMin: whole(40),
    habit: 0.6 * chance(),
    ratingStars: 3 + 1.6 * chance(),
    popularity: 0.5 * chance(),
  }
}

function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
}
