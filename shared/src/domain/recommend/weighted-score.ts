/**
 * The weighted score before any choice has been seen: what a driver is taken to mind, by the
 * feature's name, in units of the feature's spread within a case.
 */
const minded: readonly { readonly name: RegExp; readonly weight: number }[] = [
  { name: /^(distance|dist|km)/i, weight: -0.5 },
  { name: /^(price|cost|fare|fee)/i, weight: -0.5 },
  { name: /(wait|delay|queue)/i, weight: -0.5 },
  { name: /(gap|detour|time|duration|ivt|ovt)/i, weight: -0.3 },
  { name: /(load|crowd|occupancy)/i, weight: -0.2 },
  { name: /(rating|stars)/i, weight: 0.3 },
  { name: /(free|capacity)/i, weight: 0.2 },
  { name: /^(popularity|habit)$/, weight: 0.3 },
]

/** Prior coefficients of the terms of a utility. */
export function weightedScore(names: readonly string[]): Float64Array {
  return Float64Array.from(names, (term) => minded.find(({ name }) => name.test(term))?.weight ?? 0)
}
