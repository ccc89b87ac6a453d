import type { SyncStatus } from '@baari/shared/contracts/http/edge-api'
import { kilogramText } from '@baari/shared/units/mass'
import { rupeeText } from '@baari/shared/units/money'
import type { TFunction } from 'i18next'
import { useEffect, useState, type JSX, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { Keypad } from '../parts/keypad.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { ageOf, clockText } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'

/** The state of the link in plain words: that it is down loses nothing and stops nobody. */
export function LinkPage({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation()
  const [status, setStatus] = useState<SyncStatus | null>(null)
  const action = useAction()
  useEffect(() => {
    action.run(nodeClient.syncStatus, setStatus)
    // Asked once when the page opens; closing and opening it asks again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  return (
    <Sheet title={t('menu.sync')} onClose={onClose}>
      <ProblemLine problem={action.problem} />
      {status && <LinkFacts status={status} />}
      {status && isForPerson(status.uplink) && <Reopen why={status.uplink} onOpened={onClose} />}
    </Sheet>
  )
}

function LinkFacts({ status }: { readonly status: SyncStatus }): JSX.Element {
  const { t } = useTranslation()
  const { fills, grams, amountPaise } = status.totals
  return (
    <div className="stack">
      <p>{t(status.linkUp ? 'sync.up' : 'sync.down')}</p>
      <dl className="link-facts">
        <Fact label={t('sync.link')}>
          {status.lastExchangeMs === null
            ? t('sync.never')
            : t('sync.last', { time: clockText(status.lastExchangeMs) })}
        </Fact>
        <Fact label={t('sync.lag')}>
          {status.unsentOps === 0 ? t('sync.none') : t('sync.records', { count: status.unsentOps })}
        </Fact>
        <Fact label={t('sync.oldest')}>{oldestText(status, t)}</Fact>
        <Fact label={t('sync.proof')}>{proofText(status.lastProof, t)}</Fact>
        <Fact label={t('sync.sold')}>
          {t('sync.totals', {
            fills,
            kg: kilogramText(grams, 3),
            rs: rupeeText(amountPaise),
          })}
        </Fact>
        <Fact label={t('sync.conflicts')}>
          {status.conflicts.length === 0 && t('sync.noConflicts')}
          {status.conflicts.map(({ seq, kind, verdict, code, atMs }) => (
            <span key={`${seq}-${kind}`} className="conflict">
              {clockText(atMs)} · {kind} · {t(`sync.verdict.${verdict}`, verdict)} ({code})
            </span>
          ))}
        </Fact>
      </dl>
    </div>
  )
}

function Fact({
  label,
  children,
}: {
  readonly label: string
  readonly children: ReactNode
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="number">{children}</dd>
    </div>
  )
}

/** Since when, and how long that is on this kiosk's clock. */
function oldestText({ oldestUnsentMs }: SyncStatus, t: TFunction): string {
  if (oldestUnsentMs === null) return t('sync.noneWaits')
  const { unit, n } = ageOf(Date.now() - oldestUnsentMs)
  return `${clockText(oldestUnsentMs)} (${t(`sync.ago.${unit}`, { n })})`
}

function proofText(proof: SyncStatus['lastProof'], t: TFunction): string {
  if (proof === null) return t('sync.proofNever')
  const { atMs, outcome, rows, found } = proof
  return `${clockText(atMs)}: ${t(`sync.${outcome}`, { rows, count: found.length })}`
}

const isForPerson = (uplink: string): uplink is 'fenced' | 'forked' =>
  uplink === 'fenced' || uplink === 'forked'

type ReopenProps = { readonly why: 'fenced' | 'forked'; readonly onOpened: () => void }

/** Two computers must not take turns as one station: opening the link is a manager's act. */
function Reopen({ why, onOpened }: ReopenProps): JSX.Element {
  const { t } = useTranslation()
  const [pin, setPin] = useState('')
  const action = useAction()
  return (
    <div className="two-sides">
      <div>
        <p role="alert">{t(`sync.${why}`)}</p>
        <p>{t('sync.pin')}</p>
        <p className="typed number">{'•'.repeat(pin.length) || '–'}</p>
        <ProblemLine problem={action.problem} />
        <button
          type="button"
          className="touch wide primary"
          disabled={action.busy || pin.length < 4}
          onClick={() => action.run(() => nodeClient.reopenLink(pin), onOpened)}
        >
          {t('sync.reopen')}
        </button>
      </div>
      <Keypad value={pin} maxLength={8} onChange={setPin} />
    </div>
  )
}
