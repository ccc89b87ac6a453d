import { Menu } from 'lucide-react'
import type { JSX } from 'react'
import { useTranslation } from 'react-i18next'
import type { Translate } from '../i18n/translate.ts'
import type { LiveState } from '../api/live-store.ts'
import { ageOf, clockText } from '../parts/texts.ts'
import { tripText } from '../parts/trip-text.ts'

type HeaderProps = { readonly live: LiveState; readonly now: number; readonly onMenu: () => void }

// The node speaks at least every 15 s; twice that silent means the picture is old.
const silentAfterMs = 30_000

/** Station, time, gas and link. A link that is down is a normal state: grey and small. */
export function Header({ live, now, onMenu }: HeaderProps): JSX.Element {
  const { t } = useTranslation()
  const silentMs = live.view === null ? 0 : now - live.view.atMs
  const silent = !live.connected && silentMs > silentAfterMs ? ageOf(silentMs) : null
  return (
    <>
      <header className="bar">
        <button type="button" className="touch" aria-label={t('app.menu')} onClick={onMenu}>
          <Menu aria-hidden="true" />
        </button>
        <strong className="bar-station">{live.view?.station.name ?? t('app.loading')}</strong>
        <span className="bar-clock number">{clockText(now)}</span>
        <span>{gasText(live, t)}</span>
        <span className={live.view?.link.up === true ? 'link' : 'link link-down'}>
          {linkText(live, now, t)}
        </span>
      </header>
      <div className="notices" role="status">
        {silent && (
          <p className="notice">
            {t('app.silent', { age: t(`age.${silent.unit}`, { n: silent.n }) })}
          </p>
        )}
        <StopNotice live={live} />
        <CutNotice live={live} />
        {live.view?.clock === 'uncertain' && <p className="notice">{t('app.clockUncertain')}</p>}
      </div>
    </>
  )
}

function CutNotice({ live }: { readonly live: LiveState }): JSX.Element | null {
  const { t } = useTranslation()
  const until = live.view?.cutUntilMs ?? null
  return until === null ? null : (
    <p className="notice">{t('app.cut', { time: clockText(until) })}</p>
  )
}

function StopNotice({ live }: { readonly live: LiveState }): JSX.Element | null {
  const { t } = useTranslation()
  const trip = live.view?.trip
  if (!trip) return null
  return (
    <p className="notice notice-stop">{t('trip.notice', { cause: tripText(trip.cause, t) })}</p>
  )
}

function gasText(live: LiveState, t: Translate): string {
  const gas = live.view?.gas
  if (!gas) return ''
  const bar = gas.bankMbar === null ? null : t('app.gas', { bar: Math.round(gas.bankMbar / 1000) })
  const rate = gas.vehiclesPerHour === null ? null : t('app.perHour', { n: gas.vehiclesPerHour })
  return [bar, rate].filter((part) => part !== null).join(' | ')
}

function linkText(live: LiveState, now: number, t: Translate): string {
  const link = live.view?.link
  if (!link) return ''
  const unsent = link.unsentOps > 0 ? `, ${t('app.link.unsent', { n: link.unsentOps })}` : ''
  if (link.up) return t('app.link.up') + (link.unsentOps > 20 ? unsent : '')
  if (link.lastExchangeMs === null) return t('app.link.never') + unsent
  const age = ageOf(now - link.lastExchangeMs)
  return t('app.link.ago', { age: t(`age.${age.unit}`, { n: age.n }) }) + unsent
}
