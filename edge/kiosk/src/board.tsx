import type { Me } from '@baari/shared/contracts/http/edge-api'
import type { ScanView, StationView } from '@baari/shared/contracts/live/station-view'
import { Footprints, Hash, UserX } from 'lucide-react'
import { useEffect, useMemo, useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { createLiveStore, type LiveState, type LiveStore } from './api/live-store.ts'
import { Header } from './panels/header.tsx'
import { LastScan } from './panels/last-scan.tsx'
import { NextLine } from './panels/next-line.tsx'
import { Positions } from './panels/positions.tsx'
import { isOver } from './parts/scan-over.ts'
import { WedgeNotice } from './parts/wedge-notice.tsx'
import { useLive, useStationNow } from './parts/use-station.ts'
import { CannotComeIn } from './sheets/cannot-come-in.tsx'
import { MenuSheet } from './sheets/menu.tsx'
import { PositionSheet } from './sheets/position.tsx'
import { TypeCode } from './sheets/type-code.tsx'
import { WalkIn } from './sheets/walk-in.tsx'
import { playEarcon, unlockSound } from './sound/earcons.ts'

type Open =
  | { readonly kind: 'none' | 'walk-in' | 'code' | 'cannot' | 'menu' }
  | { readonly kind: 'position'; readonly no: number }

const closed: Open = { kind: 'none' }

type BoardProps = { readonly me: Me; readonly onSignedOut: () => void }

/** The one screen of the attendant; everything else is a sheet over it. */
export function Board({ me, onSignedOut }: BoardProps): JSX.Element {
  const store = useFollowedStation()
  const live = useLive(store)
  const now = useStationNow(live)
  const [open, setOpen] = useState<Open>(closed)
  const close = (): void => setOpen(closed)
  const view = live.view
  const scan = shownScan(live)
  return (
    <main className="board" onPointerDown={unlockSound}>
      <Header live={live} now={now} onMenu={() => setOpen({ kind: 'menu' })} />
      <LastScan
        scan={scan}
        now={now}
        fresh={scan !== null && now - scan.atMs < 2000}
        undoable={view !== null && scan !== null && canBeUndone(scan, view)}
      />
      {view ? (
        <Positions
          positions={view.positions}
          onOpen={(position) => setOpen({ kind: 'position', no: position.no })}
        />
      ) : (
        <section className="positions-frame skeleton" aria-busy="true" />
      )}
      {view ? <NextLine view={view} /> : <section className="next skeleton" />}
      <WedgeNotice lane={view?.positions[0]?.lane ?? 1} />
      <Actions onOpen={setOpen} />
      {view && (
        <Sheets
          open={open}
          view={view}
          now={now}
          me={me}
          onClose={close}
          onSignedOut={onSignedOut}
        />
      )}
    </main>
  )
}

function shownScan({ lastScan, view }: Pick<LiveState, 'lastScan' | 'view'>): ScanView | null {
  return lastScan !== null && view !== null && isOver(lastScan, view) ? null : lastScan
}

function canBeUndone({ ticket }: ScanView, view: StationView): boolean {
  if (ticket === null) return true
  const called = view.positions.filter(({ state }) => state === 'called')
  const places = [...called.map((position) => position.ticket), ...view.next]
  return places.some((place) => place?.id === ticket.id)
}

function useFollowedStation(): LiveStore {
  const store = useMemo(() => createLiveStore((scan) => playEarcon(scan.signal)), [])
  useEffect(() => store.start(), [store])
  return store
}

function Actions({ onOpen }: { readonly onOpen: (open: Open) => void }): JSX.Element {
  const { t } = useTranslation()
  return (
    <nav className="actions">
      <button type="button" className="touch primary" onClick={() => onOpen({ kind: 'walk-in' })}>
        <Footprints aria-hidden="true" /> {t('actions.walkIn')}
      </button>
      <button type="button" className="touch" onClick={() => onOpen({ kind: 'code' })}>
        <Hash aria-hidden="true" /> {t('actions.code')}
      </button>
      <button type="button" className="touch" onClick={() => onOpen({ kind: 'cannot' })}>
        <UserX aria-hidden="true" /> {t('actions.cannot')}
      </button>
    </nav>
  )
}

type SheetsProps = {
  readonly open: Open
  readonly view: StationView
  readonly now: number
  readonly me: Me
  readonly onClose: () => void
  readonly onSignedOut: () => void
}

function Sheets({ open, view, now, me, onClose, onSignedOut }: SheetsProps): JSX.Element | null {
  const lane = view.positions[0]?.lane ?? 1
  switch (open.kind) {
    case 'none':
      return null
    case 'walk-in':
      return <WalkIn view={view} onClose={onClose} />
    case 'code':
      return <TypeCode lane={lane} onClose={onClose} />
    case 'cannot':
      return <CannotComeIn view={view} onClose={onClose} />
    case 'menu':
      return <MenuSheet view={view} me={me} onClose={onClose} onSignedOut={onSignedOut} />
    case 'position': {
      const position = view.positions.find((each) => each.no === open.no)
      return position ? (
        <PositionSheet position={position} trip={view.trip} now={now} onClose={onClose} />
      ) : null
    }
  }
}
