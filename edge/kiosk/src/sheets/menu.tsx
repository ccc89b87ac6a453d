import type { Me } from '@baari/shared/contracts/http/edge-api'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { changeLanguage, language } from '../i18n/words.ts'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { useAction } from '../parts/use-action.ts'
import { CorrectVehicle } from './correct-vehicle.tsx'
import { LinkPage } from './link-page.tsx'
import { OutOfTurn } from './out-of-turn.tsx'
import { Sales } from './sales.tsx'
import { SellWindow } from './sell-window.tsx'
import { ServicePage } from './service-page.tsx'
import { Shift } from './shift.tsx'
import { WhyNotMe } from './why-not-me.tsx'

type MenuProps = {
  readonly view: StationView
  readonly me: Me
  readonly onClose: () => void
  readonly onSignedOut: () => void
}

/** What is needed a few times a shift, out of the way of what is needed every minute. */
export function MenuSheet({ view, me, onClose, onSignedOut }: MenuProps): JSX.Element {
  const { t } = useTranslation()
  const [page, setPage] = useState<
    'list' | 'shift' | 'link' | 'service' | 'sales' | 'sell' | 'why' | 'turn' | 'correct'
  >('list')
  const action = useAction()
  const back = (): void => setPage('list')
  if (page === 'shift') return <Shift onClose={back} />
  if (page === 'link') return <LinkPage onClose={back} />
  if (page === 'service') return <ServicePage onClose={back} />
  if (page === 'sell') return <SellWindow view={view} onClose={onClose} />
  if (page === 'why') return <WhyNotMe view={view} onDone={onClose} onClose={back} />
  if (page === 'turn') return <OutOfTurn view={view} onDone={onClose} onClose={back} />
  if (page === 'correct') return <CorrectVehicle onClose={back} />
  if (page === 'sales') return <Sales sales={view.sales} onClose={back} />
  return (
    <Sheet title={me.attendant.name} onClose={onClose}>
      <div className="classes">
        <button type="button" className="touch" onClick={() => setPage('sell')}>
          {t('sell.title')}
        </button>
        <button type="button" className="touch" onClick={() => setPage('why')}>
          {t('why.menu')}
        </button>
        <button type="button" className="touch" onClick={() => setPage('turn')}>
          {t('outOfTurn.title')}
        </button>
        <button type="button" className="touch" onClick={() => setPage('sales')}>
          {t('menu.sales')}
        </button>
        <button type="button" className="touch" onClick={() => setPage('shift')}>
          {t('menu.shift')}
        </button>
        <button type="button" className="touch" onClick={() => setPage('link')}>
          {t('menu.sync')}
        </button>
        <button type="button" className="touch" onClick={() => setPage('service')}>
          {t('service.title')}
        </button>
        <button type="button" className="touch" onClick={() => setPage('correct')}>
          {t('correct.title')}
        </button>
        <button
          type="button"
          className="touch"
          onClick={() => void changeLanguage(language() === 'en' ? 'hi' : 'en')}
        >
          {t('menu.language')}
        </button>
        <button
          type="button"
          className="touch"
          onClick={() => action.run(nodeClient.signOut, onSignedOut)}
        >
          {t('menu.signOut')}
        </button>
      </div>
      <ProblemLine problem={action.problem} />
    </Sheet>
  )
}
