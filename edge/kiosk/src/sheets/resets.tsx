import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'
import type { JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { PinPad } from '../parts/pin-pad.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText } from '../parts/texts.ts'
import { tripText } from '../parts/trip-text.ts'
import { useAction } from '../parts/use-action.ts'

type Trip = NonNullable<StationView['trip']>

/** What tripped, what must hold now, and who resets it. */
export function TripReset({ trip }: { readonly trip: Trip }): JSX.Element {
  const { t } = useTranslation()
  const action = useAction()
  const { cause, causeNow, sinceMs } = trip
  const hold = t(`trip.hold.${causeNow ?? cause ?? 'unknown'}`, {
    defaultValue: t('trip.hold.unknown'),
  })
  return (
    <section className="reset" aria-label={t('trip.title')}>
      <p>
        <strong>{t('trip.title')}</strong>: {tripText(cause, t)},{' '}
        {t('trip.since', { time: clockText(sinceMs) })}
      </p>
      <p>
        {t('trip.must')} {hold}{' '}
        {causeNow === null ? t('trip.gone') : t('trip.still', { cause: tripText(causeNow, t) })}
      </p>
      <p>{t('trip.who')}</p>
      <button
        type="button"
        className="touch wide"
        disabled={action.busy || causeNow !== null}
        onClick={() => action.run(nodeClient.resetTrip, () => undefined)}
      >
        {t('trip.reset')}
      </button>
      {action.problem && <ProblemLine problem={action.problem} />}
    </section>
  )
}

const notes = ['seal', 'replaced', 'report'] as const
export type MeterNote = (typeof notes)[number]

/** A meter that went back sells again only after a manager has looked at it. */
export function MeterWaits({
  onFound,
}: {
  readonly onFound: (note: MeterNote) => void
}): JSX.Element {
  const { t } = useTranslation()
  return (
    <section className="reset" aria-label={t('meter.title')}>
      <p>
        <strong>{t('meter.title')}</strong>
      </p>
      <p>{t('meter.must')}</p>
      <p>{t('meter.found')}</p>
      <div className="reset-choices">
        {notes.map((one) => (
          <button key={one} type="button" className="touch" onClick={() => onFound(one)}>
            {t(`meter.notes.${one}`)}
          </button>
        ))}
      </div>
    </section>
  )
}

type ClearMeterProps = {
  readonly position: PositionView
  readonly note: MeterNote
  readonly onDone: () => void
  readonly onClose: () => void
}

/** The manager's word on it. */
export function ClearMeter({ position, note, onDone, onClose }: ClearMeterProps): JSX.Element {
  const { t } = useTranslation()
  const action = useAction()
  return (
    <Sheet title={t('position.title', { no: position.no })} onClose={onClose}>
      <PinPad
        label={t('meter.clear')}
        action={action}
        onPin={(pin) => action.run(() => nodeClient.clearMeter(position.no, { pin, note }), onDone)}
      >
        <p>
          <strong>{t(`meter.notes.${note}`)}</strong>
        </p>
      </PinPad>
    </Sheet>
  )
}
