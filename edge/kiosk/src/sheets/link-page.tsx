import type { SyncStatus } from '@baari/shared/contracts/http/edge-api'
import { kilogramText } from '@baari/shared/units/mass'
import { rupeeText } from '@baari/shared/units/money'
import { useEffect, useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { Keypad } from '../parts/keypad.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText } from '../parts/texts.ts'
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
      {status && (
        <div className="stack">
          <p>{t(status.linkUp ? 'sync.up' : 'sync.down')}</p>
          <p>
            {status.lastExchangeMs === null
              ? t('sync.never')
              : t('sync.last', { time: clockText(status.lastExchangeMs) })}
          </p>
          <p>{t('sync.unsent', { n: status.unsentOps })}</p>
          <p className="number">
            {t('sync.totals', {
              fills: status.totals.fills,
              kg: kilogramText(status.totals.grams, 3),
              rs: rupeeText(status.totals.amountPaise),
            })}
          </p>
          {isForPerson(status.uplink) && <Reopen why={status.uplink} onOpened={onClose} />}
        </div>
      )}
    </Sheet>
  )
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
