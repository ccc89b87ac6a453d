import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as hb from 'harfbuzzjs'
import { paperDots, type DrawText, type Raster } from '../../protocols/escpos/commands.ts'
import { edgesOfPath, fillOutline, type Edge } from './fill-outline.ts'
import { fontOfWoff } from './woff-font.ts'

/** Dots of a line of the printer's own letters, which a drawn line of scale 1 matches. */
const lineDots = 30
/** Share of the line above the foot of the letters; Devanagari hangs below it. */
const ascent = 0.72
/** Type size in dots at scale 1. */
const typeDots = 22

const files = [
  {
    name: '@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-500-normal.woff',
    covers: /[\u0900-\u097f\u200c\u200d₹]/u,
  },
  { name: '@fontsource/noto-sans/files/noto-sans-latin-500-normal.woff', covers: /./u },
] as const

type Face = { readonly font: hb.Font; readonly unitsPerEm: number; readonly covers: RegExp }

let faces: readonly Face[] | null = null

/** The fonts are read once, when the first line has to be drawn. */
function loadedFaces(): readonly Face[] {
  const require = createRequire(import.meta.url)
  faces ??= files.map(({ name, covers }) => {
    const sfnt = fontOfWoff(readFileSync(require.resolve(name)))
    const face = new hb.Face(new hb.Blob(sfnt), 0)
    return { font: new hb.Font(face), unitsPerEm: face.upem, covers }
  })
  return faces
}

type Run = { readonly face: Face; text: string }

/** Neighbouring letters of one font; what separates words stays with the word before. */
function runsOf(text: string): readonly Run[] {
  const runs: Run[] = []
  for (const letter of text) {
    const face = loadedFaces().find(({ covers }) => covers.test(letter))
    const last = runs.at(-1)
    if (face === undefined) continue
    if (last && (last.face === face || /\s/.test(letter))) last.text += letter
    else runs.push({ face, text: letter })
  }
  return runs
}

/** Places the shaped glyphs of a text behind each other; answers the outline and its width. */
function outlineOf(text: string, scale: number): { edges: readonly Edge[]; widthDots: number } {
  const edges: Edge[] = []
  const foot = lineDots * scale * ascent
  let penX = 0
  for (const { face, text: piece } of runsOf(text)) {
    const dots = (typeDots * scale) / face.unitsPerEm
    const buffer = new hb.Buffer()
    buffer.addText(piece)
    buffer.guessSegmentProperties()
    hb.shape(face.font, buffer)
    const positions = buffer.getGlyphPositions()
    for (const [index, { codepoint }] of buffer.getGlyphInfos().entries()) {
      const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {}
      const path = face.font.glyphToPath(codepoint)
      const left = penX + xOffset * dots
      edges.push(
        ...edgesOfPath(path, (x, y) => ({ x: left + x * dots, y: foot - (y + yOffset) * dots })),
      )
      penX += xAdvance * dots
    }
  }
  return { edges, widthDots: Math.ceil(penX) }
}

/** Words on as many lines as the paper's width needs; a word that is too long is cut by the edge. */
function linesOf(text: string, scale: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && outlineOf(longer, scale).widthDots <= paperDots)
      lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/**
 * Draws text of any script we carry a font for: shaped by HarfBuzz, because Devanagari joins,
 * reorders and stacks its letters and a letter by letter print is unreadable.
 */
export const drawnText: DrawText = (text, scale) => {
  const pictures = linesOf(text, scale).map((line) => {
    const { edges, widthDots } = outlineOf(line, scale)
    return fillOutline(edges, {
      widthDots: Math.min(paperDots, Math.max(8, widthDots)),
      heightDots: lineDots * scale,
    })
  })
  return stacked(pictures)
}

/** Below each other, as wide as the widest, each in the middle. */
function stacked(pictures: readonly Raster[]): Raster {
  const widthDots = Math.max(8, ...pictures.map((picture) => picture.widthDots))
  const rowBytes = widthDots / 8
  const heightDots = pictures.reduce((sum, picture) => sum + picture.heightDots, 0)
  const bits = new Uint8Array(rowBytes * heightDots)
  let row = 0
  for (const picture of pictures) {
    const own = picture.widthDots / 8
    const inset = Math.floor((rowBytes - own) / 2)
    for (let line = 0; line < picture.heightDots; line += 1)
      bits.set(picture.bits.subarray(line * own, (line + 1) * own), (row + line) * rowBytes + inset)
    row += picture.heightDots
  }
  return { widthDots, heightDots, bits }
}
