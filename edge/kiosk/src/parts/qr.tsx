import { useEffect, useState, type JSX } from 'react'

/** Modules of the symbol as one path of unit squares, with the quiet zone of ISO/IEC 18004. */
type Symbol = { readonly size: number; readonly path: string }

const quietModules = 4

/** A text as a QR of level M; the encoder loads only here. */
export function Qr({
  text,
  label,
}: {
  readonly text: string
  readonly label: string
}): JSX.Element {
  const [symbol, setSymbol] = useState<Symbol | null>(null)
  useEffect(() => {
    let shown = true
    void symbolOf(text).then((made) => {
      if (shown) setSymbol(made)
    })
    return () => {
      shown = false
    }
  }, [text])
  if (symbol === null) return <div className="qr skeleton" aria-busy="true" />
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${symbol.size} ${symbol.size}`}
      shapeRendering="crispEdges"
    >
      <rect width={symbol.size} height={symbol.size} fill="#fff" />
      <path d={symbol.path} fill="#000" />
    </svg>
  )
}

async function symbolOf(text: string): Promise<Symbol> {
  const { QRCodeDecoderErrorCorrectionLevel, QRCodeEncoder } = await import('@zxing/library')
  const modules = QRCodeEncoder.encode(text, QRCodeDecoderErrorCorrectionLevel.M).getMatrix()
  const width = modules.getWidth()
  const squares: string[] = []
  for (let y = 0; y < width; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (modules.get(x, y) === 1) squares.push(`M${x + quietModules} ${y + quietModules}h1v1h-1z`)
    }
  }
  return { size: width + 2 * quietModules, path: squares.join('') }
}
