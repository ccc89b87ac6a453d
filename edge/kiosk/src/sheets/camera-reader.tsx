import { useEffect, useRef, useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeProblem } from '../api/node-client.ts'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'

type CameraReaderProps = {
  readonly onText: (text: string) => void
  readonly onClose: () => void
  /** Why the text that was read brought no answer. */
  readonly problem: NodeProblem | null
}

/** Reads one QR by the camera, where the hardware scanner is away; the reader loads only here. */
export function CameraReader({ onText, onClose, problem }: CameraReaderProps): JSX.Element {
  const { t } = useTranslation()
  const video = useRef<HTMLVideoElement>(null)
  const [failed, setFailed] = useState(false)
  // The latest callback, so that a render does not restart the camera.
  const deliver = useRef(onText)
  useEffect(() => {
    deliver.current = onText
  }, [onText])

  useEffect(() => {
    let stop = (): void => undefined
    let gone = false
    async function start(): Promise<void> {
      const { BrowserQRCodeReader } = await import('@zxing/browser')
      if (video.current === null || gone) return
      const reader = new BrowserQRCodeReader(undefined, { delayBetweenScanAttempts: 100 })
      const controls = await reader.decodeFromConstraints(
        { video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } } },
        video.current,
        // A code that is before the camera from the start is read before the await is over.
        (result, _error, reading) => {
          if (result === undefined || gone) return
          gone = true
          reading.stop()
          deliver.current(result.getText())
        },
      )
      stop = () => controls.stop()
      if (gone) controls.stop()
    }
    start().catch(() => setFailed(true))
    return () => {
      gone = true
      stop()
    }
  }, [])

  return (
    <Sheet title={t('code.cameraTitle')} onClose={onClose}>
      <ProblemLine problem={problem} />
      {failed ? (
        <p role="status">{t('code.cameraFailed')}</p>
      ) : (
        <video ref={video} className="camera" muted playsInline />
      )}
    </Sheet>
  )
}
