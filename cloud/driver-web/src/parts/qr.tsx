import { create } from 'qrcode'
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'

// ISO/IEC 18004 asks for four modules of white around the symbol.
const quietModules = 4

/** The token as a QR of level M, drawn in one path so that it stays sharp at any size. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }): VNode {
  const { path, size } = useMemo(() => draw(text), [text])
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function draw(text: string): { readonly path: string; readonly size: number } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  let path = ''
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column))
        path += `M${column + quietModules} ${row + quietModules}h1v1h-1z`
    }
  }
  return { path, size: modules.size + 2 * quietModules }
}
