import type { IdSource } from '../runtime/chance.ts'

/** Ids in plain order, so that a failing test reads the same on every run. */
export function countingIds(prefix = 1): IdSource {
  let count = 0
  return {
    uuid() {
      count += 1
      return `0000000${prefix}-0000-7000-8000-${count.toString(16).padStart(12, '0')}`
    },
    hex(bytes) {
      count += 1
      return count.toString(16).padStart(bytes * 2, '0')
    },
  }
}
