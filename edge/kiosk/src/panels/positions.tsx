import type { PositionView } from '@baari/shared/contracts/live/station-view'
import { kilogramText } from '@baari/shared/units/mass'
import { ChevronDown } from 'lucide-react'
import type { JSX } from 'react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Translate } from '../i18n/translate.ts'
import { outOfTurnLine } from '../parts/out-of-turn-text.ts'
import type { ShapeKind } from '../parts/shape.tsx'
import { Shape } from '../parts/shape.tsx'
import { clockText, wholeMinutes } from '../parts/texts.ts'
import { useHidesMore } from '../parts/use-hides-more.ts'

type PositionsProps = {
  readonly positions: readonly PositionView[]
  readonly onOpen: (position: PositionView) => void
}

/**
 * Every position is one card and one target: with gloves a whole card is hit where a small button
 * in a row is missed. The card says the state four times and leads to the one act that is due.
 */
export function Positions({ positions, onOpen }: PositionsProps): JSX.Element {
  const { t } = useTranslation()
  const list = useRef<HTMLDivElement>(null)
  const hidesMore = useHidesMore(list, positions.length)
  return (
    <section className="positions-frame" aria-label={t('position.title', { no: '' })}>
      <div className="positions" ref={list}>
        {positions.length === 0 && <p className="empty">{t('position.none')}</p>}
        {positions.map((position) => (
          <PositionCard key={position.no} position={position} onOpen={onOpen} />
        ))}
      </div>
      {hidesMore && (
        <p className="positions-more" aria-hidden="true">
          <ChevronDown /> {t('position.more')}
        </p>
      )}
    </section>
  )
}

const shapeOf: { readonly [S in PositionView['state']]: ShapeKind } = {
  free: 'wait',
  called: 'go',
  ready: 'go',
  authorised: 'go',
  filling: 'go',
  finishing: 'go',
  fault: 'stop',
  offline: 'unknown',
  closed: 'unknown',
}

type CardProps = {
  readonly position: PositionView
  readonly onOpen: (position: PositionView) => void
}

function PositionCard({ position, onOpen }: CardProps): JSX.Element {
  return (
    <button
      type="button"
      className={classOf(position)}
      data-position={position.no}
      data-state={position.state}
      onClick={() => onOpen(position)}
    >
      <Shape
        kind={position.refused ? 'stop' : shapeOf[position.state]}
        text={String(position.no)}
      />
      <CardText position={position} />
      {position.fill && <FillLine fill={position.fill} />}
    </button>
  )
}

/** A touch that gave no gas is shown as a fault; one that stands idle with a queue stands out. */
function classOf({ state, refused, idleSinceMs }: PositionView): string {
  const waitedFor = idleSinceMs === null ? '' : ' card-waited-for'
  return `card card-${refused === null ? state : 'fault'}${waitedFor}`
}

function CardText({ position }: { readonly position: PositionView }): JSX.Element {
  const { t } = useTranslation()
  const label = position.ticket?.plate ?? position.ticket?.label
  const why = whyNot(position, t)
  return (
    <span className="card-text">
      {position.refused === null && <strong>{t(`position.state.${position.state}`)}</strong>}
      {label !== undefined && !position.fault && <span className="card-label number">{label}</span>}
      {why === null ? <WhatNext position={position} /> : <span className="card-why">{why}</span>}
    </span>
  )
}

/** What is due, that a call was out of turn, and since when the position stands empty. */
function WhatNext({ position }: { readonly position: PositionView }): JSX.Element {
  const { t } = useTranslation()
  const second = secondLine(position, t)
  const turn = outOfTurnLine(position, t)
  return (
    <>
      {second !== '' && <span>{second}</span>}
      {turn !== undefined && <span className="card-turn">{turn}</span>}
      {position.idleSinceMs !== null && (
        <span className="card-idle">
          {t('position.idle', { time: clockText(position.idleSinceMs) })}
        </span>
      )}
    </>
  )
}

function FillLine({ fill }: { readonly fill: NonNullable<PositionView['fill']> }): JSX.Element {
  const { t } = useTranslation()
  const share = fill.limitGrams === 0 ? 0 : Math.min(1, fill.grams / fill.limitGrams)
  return (
    <span className="card-fill">
      <span className="number kilograms">
        {kilogramText(fill.grams)} <small>{t('units.kg')}</small>
      </span>
      <span className="progress" aria-hidden="true">
        <span style={{ transform: `scaleX(${share})` }} />
      </span>
    </span>
  )
}

function secondLine(position: PositionView, t: Translate): string {
  if (position.state === 'called' && position.ticket?.needsDetails === true)
    return t('position.needsDetails')
  if (position.state === 'called') return t('position.touchWhenHere')
  // The line of a call out of turn takes the place: a card has no room for both.
  if (position.stagedReason?.outOfTurn) return ''
  const left = position.fill?.remainingMs ?? null
  const parts = [
    left === null ? null : t('position.left', { min: Math.max(1, wholeMinutes(left)) }),
    position.staged === null ? null : t('position.next', { label: position.staged.label }),
  ]
  return parts.filter((part) => part !== null).join(' - ')
}

/** A fault, a meter that waits for a manager, or a touch that gave no gas; null when all is well. */
function whyNot({ fault, frozen, refused }: PositionView, t: Translate): string | null {
  if (fault !== null) return faultText(fault, t)
  if (frozen) return t('refused.meter')
  return refused === null ? null : refusedText(refused, t)
}

/** Why the last touch gave no gas: the interlock's words, else the refusal's. */
export function refusedText(
  { code, condition }: NonNullable<PositionView['refused']>,
  t: Translate,
): string {
  const byCode = t(`problem.${code}`, { defaultValue: t('refused.other') })
  const why = condition === null ? byCode : t(`refused.${condition}`, { defaultValue: byCode })
  return t('refused.at', { why })
}

/** A fault in the attendant's words where we have them, otherwise in the catalogue's. */
export function faultText(fault: NonNullable<PositionView['fault']>, t: Translate): string {
  const words = t(`fault.${fault.code}`, { defaultValue: fault.text })
  return `${words} ${t('position.since', { time: clockText(fault.sinceMs) })}`
}
