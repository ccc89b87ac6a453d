import { create } from 'qrcode'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

// ISO/IEC 18004 asks for four modules of white around the symbol.
const quietModules = 4

/**
 * The token as a QR of level M: one pixel for a module, enlarged without smoothing by the style
 * sheet. A vector path of thousands of squares came out slanted in Chromium wherever a module was
 * not a whole number of screen pixels, and no reader could read it.
 */
export function Qr({ text, label }: { readonly text: string; readonly label: string }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    if (canvas.current) draw(canvas.current, text)
  }, [text])
  return <canvas ref={canvas} class="qr" role="img" aria-label={label} />
}

function draw(canvas: HTMLCanvasElement, text: string): void {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const size = modules.size + 2 * quietModules
  canvas.width = size
  canvas.height = size
  const pen = canvas.getContext('2d')
  if (!pen) return
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, size, size)
  pen.fillStyle = '#000'
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column)) pen.fillRect(column + quietModules, row + quietModules, 1, 1)
    }
  }
}
