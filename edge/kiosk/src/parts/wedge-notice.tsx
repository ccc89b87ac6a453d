import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { useWedge } from './use-wedge.ts'
import type { WedgeScan } from './wedge-guard.ts'

type Notice = 'layoutRight' | 'layoutWrong' | 'foreign' | 'failed'

/** Sends what a keyboard-wedge scanner typed; says what is wrong with one, and nothing else. */
export function WedgeNotice({ lane }: { readonly lane: number }): JSX.Element | null {
  const { t } = useTranslation()
  const [notice, setNotice] = useState<Notice | null>(null)
  const [characters, setCharacters] = useState('')

  function take(scan: WedgeScan): void {
    switch (scan.kind) {
      case 'scan':
        setNotice(null)
        void nodeClient
          .scan({ source: 'camera', lane, text: scan.text })
          .then((answer) => setNotice(answer.ok ? null : 'failed'))
        return
      case 'layout':
        setCharacters(scan.wrong)
        setNotice(scan.wrong === '' ? 'layoutRight' : 'layoutWrong')
        return
      case 'foreign':
        setNotice('foreign')
    }
  }
  useWedge(take)
  if (notice === null) return null
  return (
    <p className="problem" role="status" onPointerDown={() => setNotice(null)}>
      {t(`wedge.${notice}`, { characters })}
    </p>
  )
}
