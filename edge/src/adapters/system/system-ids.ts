import { randomBytes, randomFillSync } from 'node:crypto'
import { uuidOf } from '@baari/shared/codecs/hex'
import type { IdSource } from '@baari/shared/runtime/chance'

const uuidBytes = 16
const poolBytes = 4096

/** The system's random bytes, drawn many at once: each draw is a call into the kernel. */
function pooledRandom(): (bytes: number) => Buffer {
  const pool = Buffer.alloc(poolBytes)
  let used = poolBytes
  return (bytes) => {
    if (used + bytes > poolBytes) {
      randomFillSync(pool)
      used = 0
    }
    used += bytes
    return pool.subarray(used - bytes, used)
  }
}

/**
 * UUIDv7 of RFC 9562 section 5.7 with the monotonic counter of section 6.2 method 1: within one
 * millisecond, or when the wall clock steps back, `rand_a` counts up so that ids of this process
 * never repeat nor fall behind.
 */
export function systemIds(now: () => number = Date.now): IdSource {
  const random = pooledRandom()
  let lastMs = 0
  let counter = 0

  function step(): void {
    const at = now()
    if (at > lastMs) {
      lastMs = at
      counter = random(2).readUInt16BE() & 0x7ff
      return
    }
    counter += 1
    if (counter <= 0xfff) return
    lastMs += 1
    counter = 0
  }

  return {
    uuid() {
      step()
      const bytes = Buffer.from(random(uuidBytes))
      bytes.writeUIntBE(lastMs, 0, 6)
      bytes.writeUInt16BE(0x7000 | counter, 6)
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
      return uuidOf(bytes)
    },
    hex: (bytes) => randomBytes(bytes).toString('hex'),
  }
}
