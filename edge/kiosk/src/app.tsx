import type { Me } from '@baari/shared/contracts/http/edge-api'
import { useEffect, useState, type JSX } from 'react'
import { nodeClient } from './api/node-client.ts'
import { Board } from './board.tsx'
import { SignIn } from './sheets/sign-in.tsx'
import { unlockSound } from './sound/earcons.ts'

type Session =
  { readonly kind: 'asking' } | { readonly kind: 'out' } | { readonly kind: 'in'; readonly me: Me }

/** Who stands before the screen decides what it shows: the PIN first, then the board. */
export function App(): JSX.Element {
  const [session, setSession] = useState<Session>({ kind: 'asking' })
  useEffect(() => {
    void nodeClient.me().then((answer) => {
      setSession(answer.ok ? { kind: 'in', me: answer.value } : { kind: 'out' })
    })
  }, [])

  if (session.kind === 'asking') return <div className="board skeleton" aria-busy="true" />
  if (session.kind === 'out') {
    return (
      <SignIn
        onSignedIn={(me) => {
          unlockSound()
          setSession({ kind: 'in', me })
        }}
      />
    )
  }
  return <Board me={session.me} onSignedOut={() => setSession({ kind: 'out' })} />
}
