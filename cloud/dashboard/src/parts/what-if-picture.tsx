import { drawingOf, type Mark } from '@baari/shared/domain/twin/drawing'
import type { WhatIfAnswer } from '@baari/shared/contracts/http/what-if-api'
import type { JSX } from 'react'
import { useWords } from '../words/language.ts'
import { drawingWords } from './what-if-texts.ts'

/** The picture of the command `twin`, in the words of the page. */
export function WhatIfPicture({ answer }: { readonly answer: WhatIfAnswer }): JSX.Element {
  const words = useWords()
  const { b, now, then } = answer
  const shown = then === undefined ? { b, now } : { b, now, then }
  const { width, height, marks } = drawingOf(shown, drawingWords(words))
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={words.whatIf.picture.title}
      className="twin"
    >
      {marks.map((mark, at) => (
        <Drawn key={at} mark={mark} />
      ))}
    </svg>
  )
}

function Drawn({ mark }: { readonly mark: Mark }): JSX.Element {
  switch (mark.kind) {
    case 'box': {
      const { x, y, width, height, colour } = mark
      return <rect x={x} y={y} width={width} height={height} fill={colour} />
    }
    case 'line': {
      const [[x1, y1], [x2, y2]] = [mark.from, mark.to]
      return <line x1={x1} y1={y1} x2={x2} y2={y2} stroke="currentColor" />
    }
    case 'text': {
      const { x, y, size, anchor, text } = mark
      return (
        <text x={x} y={y} fontSize={size} textAnchor={anchor} fill="currentColor">
          {text}
        </text>
      )
    }
    case 'curve':
      return (
        <polyline
          points={mark.points.map((at) => at.join(',')).join(' ')}
          fill="none"
          stroke={mark.colour}
          strokeWidth={2}
        />
      )
  }
}
