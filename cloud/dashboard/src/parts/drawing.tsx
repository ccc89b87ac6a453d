import type { Mark, Picture } from '@baari/shared/domain/forecast/pictures/marks'
import type { JSX } from 'react'

type Props = { readonly picture: Picture; readonly label: string }

/** A picture in the colours of the page; it grows no wider than it was drawn. */
export function Drawing({ picture: { width, height, marks }, label }: Props): JSX.Element {
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      style={{ maxWidth: width }}
      role="img"
      aria-label={label}
      className="drawing"
    >
      {marks.map((mark, at) => (
        <Drawn key={at} mark={mark} />
      ))}
    </svg>
  )
}

const joined = (points: readonly (readonly [number, number])[]): string =>
  points.map((point) => point.join(',')).join(' ')

function Drawn({ mark }: { readonly mark: Mark }): JSX.Element {
  switch (mark.kind) {
    case 'area':
      return <polygon points={joined(mark.points)} className={`fill-${mark.tone}`} />
    case 'curve':
      return <polyline points={joined(mark.points)} className={`curve stroke-${mark.tone}`} />
    case 'line': {
      const [[x1, y1], [x2, y2]] = [mark.from, mark.to]
      return <line x1={x1} y1={y1} x2={x2} y2={y2} className={`stroke-${mark.tone}`} />
    }
    case 'box': {
      const [[x, y], [width, height]] = [mark.at, mark.size]
      return <rect x={x} y={y} width={width} height={height} className={`fill-${mark.tone}`} />
    }
    case 'text': {
      const { tone, size, anchor } = mark.form
      const [x, y] = mark.at
      return (
        <text x={x} y={y} fontSize={size} textAnchor={anchor} className={`fill-${tone}`}>
          {mark.text}
        </text>
      )
    }
  }
}
