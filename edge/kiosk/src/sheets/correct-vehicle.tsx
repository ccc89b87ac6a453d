import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { Keypad, PlateKeyboard } from '../parts/keypad.tsx'
import { PinPad } from '../parts/pin-pad.tsx'
import { base64Of, shortPhoto } from '../parts/photo.ts'
import { Sheet } from '../parts/sheet.tsx'
import { groupedDate, isoOfTyped } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'

type Step = 'plate' | 'date' | 'photo' | 'pin' | 'done'

/** A mistyped cylinder date, put right by a manager with a photo; it opens nothing for anybody. */
export function CorrectVehicle({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation()
  const [step, setStep] = useState<Step>('plate')
  const [plate, setPlate] = useState('')
  const [date, setDate] = useState('')
  const [photo, setPhoto] = useState<Blob | null>(null)
  const action = useAction()
  const iso = isoOfTyped(date)
  const send = (managerPin: string): void =>
    action.run(
      async () =>
        nodeClient.correctVehicle({
          ...{ plate, managerPin, retestValidUntil: iso ?? '' },
          photoBase64: photo === null ? '' : await base64Of(photo),
        }),
      () => setStep('done'),
    )
  const typed = `${plate}, ${groupedDate(date)}`
  if (step === 'plate') {
    const onNext = (): void => setStep('date')
    return (
      <Sheet title={t('correct.title')} onClose={onClose}>
        <div className="plate-head">
          <p className="typed number">{plate || '\u00a0'}</p>
          <Next label={t('details.retest')} disabled={plate.length < 4} onNext={onNext} />
        </div>
        <p className="hint">{t('correct.hint')}</p>
        <PlateKeyboard value={plate} maxLength={11} onChange={setPlate} />
      </Sheet>
    )
  }
  if (step === 'date') {
    const isWrong = date.length === 8 && iso === undefined
    return (
      <Sheet title={t('details.retest')} onClose={onClose}>
        <div className="two-sides">
          <div>
            <p className="number">{plate}</p>
            <p className="typed number">{groupedDate(date) || '\u00a0'}</p>
            <p>{isWrong ? t('details.badDate') : t('details.retestHint')}</p>
            <Next
              label={t('correct.photo')}
              disabled={iso === undefined}
              onNext={() => setStep('photo')}
            />
          </div>
          <Keypad value={date} maxLength={8} onChange={setDate} />
        </div>
      </Sheet>
    )
  }
  return (
    <Sheet title={t('correct.title')} onClose={onClose}>
      {step === 'photo' && (
        <div className="stack">
          <p className="number">{typed}</p>
          <TakePhoto photo={photo} onPhoto={setPhoto} />
          <Next label={t('meter.pin')} disabled={photo === null} onNext={() => setStep('pin')} />
        </div>
      )}
      {step === 'pin' && (
        <PinPad label={t('correct.send')} action={action} onPin={send}>
          <p className="number">{typed}</p>
        </PinPad>
      )}
      {step === 'done' && <p>{t('correct.done', { plate, date: groupedDate(date) })}</p>}
    </Sheet>
  )
}

type NextProps = {
  readonly label: string
  readonly disabled: boolean
  readonly onNext: () => void
}

function Next({ label, disabled, onNext }: NextProps): JSX.Element {
  return (
    <button type="button" className="touch wide primary" disabled={disabled} onClick={onNext}>
      {label}
    </button>
  )
}

type TakePhotoProps = {
  readonly photo: Blob | null
  readonly onPhoto: (photo: Blob | null) => void
}

function TakePhoto({ photo, onPhoto }: TakePhotoProps): JSX.Element {
  const { t } = useTranslation()
  const [failed, setFailed] = useState(false)
  const take = async (file: File): Promise<void> => {
    const short = await shortPhoto(file)
    setFailed(short === null)
    onPhoto(short)
  }
  return (
    <label className="touch wide take-photo">
      {t('correct.photo')}
      <input
        type="file"
        accept="image/*"
        capture="environment"
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) void take(file)
        }}
      />
      <span role="status">
        {failed && t('correct.failed')}
        {photo !== null && t('correct.taken', { kb: Math.ceil(photo.size / 1000) })}
      </span>
    </label>
  )
}
