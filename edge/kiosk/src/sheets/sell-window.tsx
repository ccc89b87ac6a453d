import type { KioskBooking, KioskWindows } from '@baari/shared/contracts/http/edge-api'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import type { VehicleClass } from '@baari/shared/units/names'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient, type NodeProblem } from '../api/node-client.ts'
import { ClassKeys } from '../parts/class-keys.tsx'
import { Keypad, PlateKeyboard } from '../parts/keypad.tsx'
import { Qr } from '../parts/qr.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText, groupedDate, groupedDigits, isoOfTyped } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'
import { WalkIn } from './walk-in.tsx'

type Choice = {
  readonly vehicleClass: VehicleClass
  readonly windows: KioskWindows
  readonly startMs: number | null
}

type CloseProps = { readonly onClose: () => void }
type SellProps = CloseProps & { readonly view: StationView }

/**
 * Sells a window from the station's own share: vehicle, window, plate, then QR and code to show.
 * When none can be promised the sheet offers a walk-in number, so that nobody is turned away.
 */
export function SellWindow({ view, onClose }: SellProps): JSX.Element {
  const { t } = useTranslation()
  const action = useAction()
  const [choice, setChoice] = useState<Choice | null>(null)
  const [sold, setSold] = useState<KioskBooking | null>(null)
  const [walksIn, setWalksIn] = useState(false)
  if (walksIn) return <WalkIn view={view} onClose={onClose} />
  if (sold) return <SoldWindow sold={sold} onClose={onClose} />
  if (choice === null) {
    return (
      <Sheet title={t('sell.title')} onClose={onClose}>
        <ClassKeys
          busy={action.busy}
          onChoose={(vehicleClass) =>
            action.run(
              () => nodeClient.windows(vehicleClass),
              (windows) => setChoice({ vehicleClass, windows, startMs: null }),
            )
          }
        />
        <ProblemLine problem={action.problem} />
      </Sheet>
    )
  }
  const offerNumber = (): void => setWalksIn(true)
  if (choice.startMs === null) {
    const onChoose = (startMs: number): void => setChoice({ ...choice, startMs })
    return (
      <ChooseWindow windows={choice.windows} {...{ onChoose, onNumber: offerNumber, onClose }} />
    )
  }
  return (
    <PlateOfSale
      vehicleClass={choice.vehicleClass}
      startMs={choice.startMs}
      {...{ onSold: setSold, onNumber: offerNumber, onClose }}
    />
  )
}

type ChooseProps = CloseProps & {
  readonly windows: KioskWindows
  readonly onChoose: (startMs: number) => void
  readonly onNumber: () => void
}

/** As many as fit a screen of 720 px; whoever wants a later one books from the phone. */
const shownWindows = 8

function ChooseWindow({ windows, onChoose, onNumber, onClose }: ChooseProps): JSX.Element {
  const { t } = useTranslation()
  const open = windows.windows.filter(({ state }) => state !== 'full').slice(0, shownWindows)
  if (open.length === 0) {
    return (
      <Sheet title={t('sell.title')} onClose={onClose}>
        <CutNote until={windows.cutUntilMs} />
        <p>{windows.selling ? t('sell.none') : t('problem.no_own_share')}</p>
        <OfferNumber onNumber={onNumber} />
      </Sheet>
    )
  }
  return (
    <Sheet title={t('sell.window')} onClose={onClose}>
      <CutNote until={windows.cutUntilMs} />
      <div className="classes">
        {open.map(({ startMs, endMs }) => (
          <button
            key={startMs}
            type="button"
            className="touch number"
            onClick={() => onChoose(startMs)}
          >
            {clockText(startMs)}–{clockText(endMs)}
          </button>
        ))}
      </div>
    </Sheet>
  )
}

/** Why the next windows are missing from the list. */
function CutNote({ until }: { readonly until: number | null }): JSX.Element | null {
  const { t } = useTranslation()
  return until === null ? null : (
    <p className="number">{t('app.cut', { time: clockText(until) })}</p>
  )
}

function OfferNumber({ onNumber }: { readonly onNumber: () => void }): JSX.Element {
  const { t } = useTranslation()
  return (
    <button type="button" className="touch primary" onClick={onNumber}>
      {t('sell.number')}
    </button>
  )
}

type PlateProps = CloseProps & {
  readonly vehicleClass: VehicleClass
  readonly startMs: number
  readonly onSold: (sold: KioskBooking) => void
  readonly onNumber: () => void
}

/** Nothing more is promised: a number instead. */
const fullCodes: ReadonlySet<NodeProblem['code']> = new Set([
  'window_full',
  'no_own_share',
  'supply_cut',
])

/** Takes room only when there is something to say: the keys below need the rest of the sheet. */
function SaleProblem({ problem, onNumber }: ProblemProps): JSX.Element {
  return (
    <>
      <ProblemLine problem={problem} />
      {fullCodes.has(problem.code) && <OfferNumber onNumber={onNumber} />}
    </>
  )
}

type ProblemProps = { readonly problem: NodeProblem; readonly onNumber: () => void }

function PlateOfSale(props: PlateProps): JSX.Element {
  const { vehicleClass, startMs, onSold, onNumber, onClose } = props
  const { t } = useTranslation()
  const action = useAction()
  const [plate, setPlate] = useState('')
  const [date, setDate] = useState('')
  const { problem } = action
  const retest = isoOfTyped(date)
  const sell = (): void =>
    action.run(() => {
      const wish = { windowStartMs: startMs, vehicleClass, plate }
      return nodeClient.sellWindow(
        retest === undefined ? wish : { ...wish, retestValidUntil: retest },
      )
    }, onSold)
  const asksDate = problem?.code === 'retest_missing' || date !== ''
  return (
    <Sheet title={asksDate ? t('details.retest') : t('details.plate')} onClose={onClose}>
      <div className="plate-head">
        <p className="typed number">{(asksDate ? groupedDate(date) : plate) || '\u00a0'}</p>
        <button
          type="button"
          className="touch primary"
          disabled={action.busy || plate.length < 4 || (asksDate && retest === undefined)}
          onClick={sell}
        >
          {t('sell.sell', { time: clockText(startMs) })}
        </button>
      </div>
      {problem && <SaleProblem {...{ problem, onNumber }} />}
      {asksDate ? (
        <Keypad value={date} maxLength={8} onChange={setDate} />
      ) : (
        <PlateKeyboard value={plate} maxLength={11} onChange={setPlate} />
      )}
    </Sheet>
  )
}

function SoldWindow({ sold, onClose }: CloseProps & { readonly sold: KioskBooking }): JSX.Element {
  const { t } = useTranslation()
  const action = useAction()
  const print = (): void =>
    action.run(
      () => nodeClient.printBooking(sold.booking),
      () => undefined,
    )
  return (
    <Sheet title={t('sell.sold')} onClose={onClose}>
      <div className="two-sides">
        <div>
          <p className="number">{sold.plate}</p>
          <p className="typed number" data-testid="sold-window">
            {clockText(sold.windowStartMs)}–{clockText(sold.windowEndMs)}
          </p>
          <p className="typed number" data-testid="sold-code">
            {groupedDigits(sold.code)}
          </p>
          <p>{t('sell.show')}</p>
          <ProblemLine problem={action.problem} />
          <button type="button" className="touch wide" disabled={action.busy} onClick={print}>
            {t('print.booking')}
          </button>
          <button type="button" className="touch wide primary" onClick={onClose}>
            {t('walkIn.done')}
          </button>
        </div>
        <Qr text={sold.token} label={t('sell.qr')} />
      </div>
    </Sheet>
  )
}
