import { useState, type FormEvent, type JSX } from 'react'
import { syncClient } from './api/sync-client.ts'
import { problemText, useWords } from './words/language.ts'

type Props = { readonly onSignedIn: () => void; readonly onLanguage: () => void }

export function SignIn({ onSignedIn, onLanguage }: Props): JSX.Element {
  const words = useWords()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  function submit(event: FormEvent): void {
    event.preventDefault()
    setBusy(true)
    void syncClient.signIn(email, password).then((answer) => {
      setBusy(false)
      setProblem(answer.ok ? null : answer.error)
      if (answer.ok) onSignedIn()
    })
  }

  return (
    <main className="sign-in">
      <h1>Baari · {words.signIn.title}</h1>
      <form onSubmit={submit}>
        <label>
          {words.signIn.email}
          <input
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </label>
        <label>
          {words.signIn.password}
          <input
            type="password"
            autoComplete="current-password"
            required
            minLength={8}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {problem !== null && (
          <p className="problem" role="alert">
            {problemText(words, problem)}
          </p>
        )}
        <button type="submit" className="main" disabled={busy}>
          {words.signIn.go}
        </button>
      </form>
      <button type="button" className="quiet" onClick={onLanguage}>
        {words.other}
      </button>
    </main>
  )
}
