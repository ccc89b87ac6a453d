import { checkShortCode } from '@baari/shared/codecs/short-code'
import type { ScanView } from '@baari/shared/contracts/live/station-view'
import { Camera } from 'lucide-react'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { Keypad } from '../parts/keypad.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { groupedDigits } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'
import { CameraReader } from './camera-reader.tsx'

type TypeCodeProps = { readonly lane: number; readonly onClose: () => void }

/**
 * The nine digits, or the camera. A mistyped digit is caught by the check digit before anything is
 * sent, so that it is never counted as a wrong code.
 */
export function TypeCode({ lane, onClose }: TypeCodeProps): JSX.Element {
  const [camera, setCamera] = useState(false)
  const [locked, setLocked] = useState<string | null>(null)
  const [digits, setDigits] = useState('')
  const action = useAction()

  function send(text: string, source: 'camera' | 'keypad', managerPin?: string): void {
    action.run(
      () =>
        nodeClient.scan({
          source,
          lane,
          text,
          ...(managerPin === undefined ? {} : { managerPin }),
        }),
      (scan) => after(scan, text),
    )
  }
  function after(scan: ScanView, text: string): void {
    if (scan.verdict === 'CODE_LOCKED' && locked === null) setLocked(text)
    else onClose()
  }

  if (locked !== null)
    return <PinPad onClose={onClose} onPin={(pin) => send(locked, 'keypad', pin)} />
  if (camera)
    return (
      <CameraReader
        onText={(text) => send(text, 'camera')}
        onClose={() => setCamera(false)}
        problem={action.problem}
      />
    )
  return (
    <CodeKeypad
      digits={digits}
      onDigits={setDigits}
      action={action}
      onSend={(text) => send(text, 'keypad')}
      onCamera={() => setCamera(true)}
      onClose={onClose}
    />
  )
}

type CodeKeypadProps = {
  readonly digits: string
  readonly onDigits: (digits: string) => void
  readonly action: ReturnType<typeof useAction>
  readonly onSend: (text: string) => void
  readonly onCamera: () => void
  readonly onClose: () => void
}

function CodeKeypad({
  digits,
  onDigits,
  action,
  onSend,
  onCamera,
  onClose,
}: CodeKeypadProps): JSX.Element {
  const { t } = useTranslation()
  const complete = digits.length === 9
  const wrong = complete && !checkShortCode(digits).ok
  return (
    <Sheet title={t('code.title')} onClose={onClose}>
      <div className="two-sides">
        <div>
          <p className="typed number" data-typed={digits}>
            {groupedDigits(digits) || '\u00a0'}
          </p>
          <p className="problem" role="status">
            {wrong ? t('code.wrong') : '\u00a0'}
          </p>
          <ProblemLine problem={action.problem} />
          <button
            type="button"
            className="touch wide primary"
            disabled={!complete || wrong || action.busy}
            onClick={() => onSend(digits)}
          >
            {t('code.send')}
          </button>
          <button type="button" className="touch wide quiet" onClick={onCamera}>
            <Camera aria-hidden="true" /> {t('code.camera')}
          </button>
        </div>
        <Keypad value={digits} maxLength={9} onChange={onDigits} />
      </div>
    </Sheet>
  )
}

type PinPadProps = { readonly onPin: (pin: string) => void; readonly onClose: () => void }

function PinPad({ onPin, onClose }: PinPadProps): JSX.Element {
  const { t } = useTranslation()
  const [pin, setPin] = useState('')
  return (
    <Sheet title={t('code.pin')} onClose={onClose}>
      <div className="two-sides">
        <div>
          <p>{t('verdict.CODE_LOCKED')}</p>
          <p className="typed number">{'●'.repeat(pin.length) || '\u00a0'}</p>
          <button
            type="button"
            className="touch wide primary"
            disabled={pin.length < 4}
            onClick={() => onPin(pin)}
          >
            {t('code.send')}
          </button>
        </div>
        <Keypad value={pin} maxLength={8} onChange={setPin} />
      </div>
    </Sheet>
  )
}
