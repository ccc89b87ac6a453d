import type { Raster } from '../../protocols/escpos/commands.ts'

/** A straight edge of an outline, in dots, y downwards. */
export type Edge = {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

/** Straight pieces a curve is cut into; at 96 dots a letter more cannot be seen. */
const piecesOfCurve = 8

type Point = { readonly x: number; readonly y: number }

/** Edges of a glyph's outline, written as an SVG path of M, L, Q, C and Z with absolute numbers. */
export function edgesOfPath(path: string, place: (x: number, y: number) => Point): readonly Edge[] {
  const edges: Edge[] = []
  let start: Point = { x: 0, y: 0 }
  let at = start
  const lineTo = (to: Point): void => {
    edges.push({ x0: at.x, y0: at.y, x1: to.x, y1: to.y })
    at = to
  }
  for (const [, command = '', list = ''] of path.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    const numbers = list.match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? []
    const points = numbers.flatMap((x, index) =>
      index % 2 === 0 ? [place(x, numbers[index + 1] ?? 0)] : [],
    )
    if (command === 'Z') lineTo(start)
    else if (command === 'M') start = at = points[0] ?? start
    else {
      const from = at
      const last = command === 'L' ? 1 : piecesOfCurve
      for (let piece = 1; piece <= last; piece += 1)
        lineTo(pointOfCurve([from, ...points], piece / last))
    }
  }
  return edges
}

/** De Casteljau: the point at `t` of the curve with these ends and handles. */
function pointOfCurve(points: readonly Point[], t: number): Point {
  let row = points
  while (row.length > 1)
    row = row.slice(1).map((to, index) => {
      const from = row[index] ?? to
      return { x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t }
    })
  return row[0] ?? { x: 0, y: 0 }
}

/** Fills outlines by the non-zero rule: a dot is black when its middle lies inside. */
export function fillOutline(
  edges: readonly Edge[],
  size: { readonly widthDots: number; readonly heightDots: number },
): Raster {
  const rowBytes = Math.ceil(size.widthDots / 8)
  const bits = new Uint8Array(rowBytes * size.heightDots)
  for (let row = 0; row < size.heightDots; row += 1) {
    const crossings = crossingsAt(edges, row + 0.5)
    let winding = 0
    for (let index = 0; index + 1 < crossings.length; index += 1) {
      const { x, up } = crossings[index] ?? { x: 0, up: 0 }
      winding += up
      if (winding === 0) continue
      const end = Math.min(size.widthDots, Math.ceil((crossings[index + 1]?.x ?? x) - 0.5))
      for (let dot = Math.max(0, Math.ceil(x - 0.5)); dot < end; dot += 1) {
        const byte = row * rowBytes + (dot >>> 3)
        bits[byte] = (bits[byte] ?? 0) | (0x80 >>> (dot & 7))
      }
    }
  }
  return { ...size, widthDots: rowBytes * 8, bits }
}

function crossingsAt(
  edges: readonly Edge[],
  y: number,
): readonly { readonly x: number; readonly up: 1 | -1 }[] {
  const found: { x: number; up: 1 | -1 }[] = []
  for (const { x0, y0, x1, y1 } of edges) {
    if (y0 <= y === y1 <= y) continue
    found.push({ x: x0 + ((y - y0) / (y1 - y0)) * (x1 - x0), up: y0 <= y ? -1 : 1 })
  }
  return found.sort((a, b) => a.x - b.x)
}
