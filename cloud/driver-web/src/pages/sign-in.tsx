import type { Driver } from '@baari/shared/contracts/http/cloud-api'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { problemText, useWords, type Language } from '../words/language.ts'

type SignInProps = { readonly language: Language; readonly onSignedIn: (driver: Driver) => void }

/** The mobile number, then the six digits that were sent to it. */
export function SignIn({ language, onSignedIn }: SignInProps): VNode {
  const words = useWords()
  const [digits, setDigits] = useState('')
  const [sent, setSent] = useState(false)
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  const phone = `+91${digits}`

  async function send(): Promise<void> {
    setBusy(true)
    const answer = await cloudClient.sendCode(phone, language)
    setBusy(false)
    setProblem(answer.ok ? null : answer.error)
    if (answer.ok) setSent(true)
  }
  async function verify(): Promise<void> {
    setBusy(true)
    const answer = await cloudClient.verify(phone, code)
    setBusy(false)
    setProblem(answer.ok ? null : answer.error)
    if (answer.ok) onSignedIn(answer.value)
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void (sent ? verify() : send())
      }}
    >
      <h1>{words.signIn.title}</h1>
      <p>{words.signIn.why}</p>
      <PhoneField digits={digits} disabled={sent} onDigits={setDigits} />
      {sent && <CodeField code={code} onCode={setCode} />}
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
      </p>
      <button
        class="main"
        type="submit"
        disabled={busy || (sent ? code.length !== 6 : !/^[6-9]\d{9}$/.test(digits))}
      >
        {sent ? words.signIn.enter : words.signIn.send}
      </button>
      {sent && (
        <button class="link" type="button" disabled={busy} onClick={() => void send()}>
          {words.signIn.again}
        </button>
      )}
    </form>
  )
}

type PhoneFieldProps = {
  readonly digits: string
  readonly disabled: boolean
  readonly onDigits: (digits: string) => void
}

function PhoneField({ digits, disabled, onDigits }: PhoneFieldProps): VNode {
  const words = useWords()
  return (
    <label class="field">
      <span>+91</span>
      <input
        name="phone"
        inputMode="numeric"
        autocomplete="tel-national"
        maxLength={10}
        value={digits}
        disabled={disabled}
        aria-label={words.signIn.title}
        onInput={(event) => onDigits(event.currentTarget.value.replace(/\D/g, ''))}
      />
    </label>
  )
}

type CodeFieldProps = { readonly code: string; readonly onCode: (code: string) => void }

function CodeField({ code, onCode }: CodeFieldProps): VNode {
  const words = useWords()
  return (
    <label class="field">
      <span>{words.signIn.code}</span>
      <input
        name="code"
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={6}
        value={code}
        onInput={(event) => onCode(event.currentTarget.value.replace(/\D/g, ''))}
      />
    </label>
  )
}
