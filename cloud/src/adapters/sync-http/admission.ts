export type Admission = {
  /** Undefined when there is no room; otherwise call it when the work is done. */
  enter(stationNo: number): (() => void) | undefined
}

/**
 * How many batches this process works on at once, in all and per station. Who finds no room is
 * told when to come back instead of waiting in memory.
 */
export function admission(bounds: {
  readonly total: number
  readonly perStation: number
}): Admission {
  const inside = new Map<number, number>()
  let total = 0
  return {
    enter(stationNo) {
      const own = inside.get(stationNo) ?? 0
      if (total >= bounds.total || own >= bounds.perStation) return undefined
      total += 1
      inside.set(stationNo, own + 1)
      let left = false
      return () => {
        if (left) return
        left = true
        total -= 1
        const rest = (inside.get(stationNo) ?? 1) - 1
        if (rest === 0) inside.delete(stationNo)
        else inside.set(stationNo, rest)
      }
    },
  }
}
