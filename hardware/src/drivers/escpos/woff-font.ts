import { inflateSync } from 'node:zlib'

/** An sfnt has 12 bytes, then 16 for each table; a WOFF 44 and 20 (W3C WOFF 1.0, sections 3 and 4). */
const woffHead = 44
const woffEntry = 20
const sfntHead = 12
const sfntEntry = 16

/** The TrueType font inside a WOFF file. Throws RangeError for what is none: our own files are. */
export function fontOfWoff(woff: Uint8Array): Uint8Array {
  const view = Buffer.from(woff.buffer, woff.byteOffset, woff.byteLength)
  if (view.toString('latin1', 0, 4) !== 'wOFF') throw new RangeError('no WOFF file')
  const tables = view.readUInt16BE(12)
  const font = Buffer.alloc(view.readUInt32BE(16))
  view.copy(font, 0, 4, 8)
  font.writeUInt16BE(tables, 4)
  let at = sfntHead + tables * sfntEntry
  for (let table = 0; table < tables; table += 1) {
    const entry = woffHead + table * woffEntry
    const offset = view.readUInt32BE(entry + 4)
    const packed = view.readUInt32BE(entry + 8)
    const length = view.readUInt32BE(entry + 12)
    const stored = view.subarray(offset, offset + packed)
    const data = packed < length ? inflateSync(stored) : stored
    const line = sfntHead + table * sfntEntry
    view.copy(font, line, entry, entry + 4)
    view.copy(font, line + 4, entry + 16, entry + 20)
    font.writeUInt32BE(at, line + 8)
    font.writeUInt32BE(length, line + 12)
    font.set(data, at)
    // Tables begin at whole words.
    at += Math.ceil(length / 4) * 4
  }
  return font
}
