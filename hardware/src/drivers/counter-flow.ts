/** Grams a counter of this width moved forward from one reading to the next; it may have wrapped. */
export function flowBetween(from: number, to: number, widthGrams: number): number {
  return to < from ? to - from + widthGrams : to - from
}

/** Where a counter of this width stood before it moved so far. */
export function counterBefore(now: number, moved: number, widthGrams: number): number {
  return (((now - moved) % widthGrams) + widthGrams) % widthGrams
}
