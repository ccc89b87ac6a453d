import type { FeatureEffect } from '../learning/feature-effects.ts'
import { scaleOf, shortText, text, type Mark, type Picture } from './marks.ts'

const panel = { width: 285, height: 150, left: 40, right: 272, top: 34, bottom: 112 }
const perRow = 4

/**
 * Partial dependence, a small curve for each feature on one common scale, so that a flat curve is a
 * feature that says little.
 * @param nameOf what a feature is called where it is shown
 */
export function effectsPicture(
  effects: readonly FeatureEffect[],
  nameOf: (feature: string) => string,
): Picture {
  const answers = effects.flatMap(({ points }) => points.map(({ answer }) => answer))
  const span = [Math.min(0, ...answers), Math.max(0, ...answers)] as const
  return {
    width: perRow * panel.width,
    height: Math.max(1, Math.ceil(effects.length / perRow)) * panel.height,
    marks: effects.flatMap((effect, place) => {
      const corner = [
        (place % perRow) * panel.width,
        Math.floor(place / perRow) * panel.height,
      ] as const
      return panelOf(effect, { corner, span, name: nameOf(effect.name) })
    }),
  }
}

type PanelOn = {
  readonly corner: readonly [number, number]
  readonly span: readonly [number, number]
  readonly name: string
}

function panelOf({ points }: FeatureEffect, { corner, span, name }: PanelOn): readonly Mark[] {
  const [left, top] = corner
  const first = points[0]?.at ?? 0
  const last = points.at(-1)?.at ?? 1
  const x = scaleOf([first, last], [left + panel.left, left + panel.right])
  const y = scaleOf(span, [top + panel.bottom, top + panel.top])
  const [low, high] = [y.at(span[0]), y.at(span[1])]
  const sides = [left + panel.left, left + panel.right] as const
  return [
    text([sides[0], top + 20], name, { tone: 'ink' }),
    { kind: 'line', from: [sides[0], low], to: [sides[1], low], tone: 'rule' },
    { kind: 'line', from: [sides[0], high], to: [sides[1], high], tone: 'rule' },
    text([sides[0] - 5, low + 4], shortText(span[0]), { anchor: 'end', size: 11 }),
    text([sides[0] - 5, high + 4], shortText(span[1]), { anchor: 'end', size: 11 }),
    {
      kind: 'curve',
      points: points.map(({ at, answer }) => [x.at(at), y.at(answer)] as const),
      tone: 'median',
    },
    text([sides[0], low + 18], shortText(first), { size: 11 }),
    text([sides[1], low + 18], shortText(last), { size: 11, anchor: 'end' }),
  ]
}
