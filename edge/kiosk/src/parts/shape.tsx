import type { ScanView } from '@baari/shared/contracts/live/station-view'
import type { JSX } from 'react'

export type ShapeKind = ScanView['signal'] | 'unknown'

/**
 * State told by shape before colour (screens.md section 1): go a filled circle, wait a hollow
 * square, stop an octagon, unknown grey stripes. `text` stands inside, such as the position.
 */
export function Shape({
  kind,
  text = '',
}: {
  readonly kind: ShapeKind
  readonly text?: string
}): JSX.Element {
  return (
    <svg className={`shape shape-${kind}`} viewBox="0 0 100 100" aria-hidden="true">
      {kind === 'go' && <circle cx="50" cy="50" r="48" />}
      {kind === 'wait' && <rect x="7" y="7" width="86" height="86" />}
      {kind === 'stop' && <polygon points="30,2 70,2 98,30 98,70 70,98 30,98 2,70 2,30" />}
      {kind === 'stop' && text === '' && (
        <path className="shape-cross" d="M34 34 L66 66 M66 34 L34 66" />
      )}
      {kind === 'unknown' && (
        <>
          <defs>
            <pattern
              id="stripes"
              width="14"
              height="14"
              patternTransform="rotate(45)"
              patternUnits="userSpaceOnUse"
            >
              <rect width="7" height="14" />
            </pattern>
          </defs>
          <rect x="4" y="4" width="92" height="92" fill="url(#stripes)" />
        </>
      )}
      <text x="50" y="53" textAnchor="middle" dominantBaseline="middle" fontSize={textSize(text)}>
        {text}
      </text>
    </svg>
  )
}

/** Four digits of a plate must stay inside the square's frame. */
function textSize(text: string): number {
  if (text.length <= 2) return 56
  return text.length === 3 ? 38 : 28
}
