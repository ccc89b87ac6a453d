import type { LogPosition, LogReader } from './shape-log.ts'

/**
 * One read for all who want the same of a shape in the same turn. A new key set wakes every station
 * of the fleet at once, each at the same place of the same shape. Nobody joins a read that has begun:
 * it would miss what was committed meanwhile.
 */
export function sharedReads(
  read: LogReader,
  endOfTurn = (call: () => void): void => void setImmediate(call),
): LogReader {
  const waiting = new Map<string, Promise<LogPosition>>()

  return (shape, at) => {
    // The rows of one station are wanted by one station.
    if (shape.gated.stationColumn !== null) return read(shape, at)
    const key = JSON.stringify([shape.handle, at.from, at.chunkBytes])
    const found = waiting.get(key)
    if (found !== undefined) return found
    const begun = new Promise<void>(endOfTurn).then(() => {
      waiting.delete(key)
      return read(shape, at)
    })
    waiting.set(key, begun)
    return begun
  }
}
