import type { LiveStation } from '@baari/shared/contracts/http/live-api'
import type { JSX, ReactNode } from 'react'
import { fill, useWords } from '../words/language.ts'
import { changesOf, loads, rules, shares, type WhatIfForm } from './what-if-texts.ts'

type Props = {
  readonly form: WhatIfForm
  readonly stations: readonly LiveStation[]
  readonly busy: boolean
  readonly mayAsk: boolean
  readonly onForm: (form: WhatIfForm) => void
  readonly onAsk: () => void
  readonly onStop: () => void
}

/** What stands today, what would be otherwise, and the question. */
export function WhatIfQuestionForm(props: Props): JSX.Element {
  const { form, busy, mayAsk, onAsk, onStop } = props
  const words = useWords()
  const nothing = changesOf(form).length === 0
  return (
    <form
      className="card question"
      onSubmit={(event) => {
        event.preventDefault()
        onAsk()
      }}
    >
      <Today {...props} />
      <Changes {...props} />
      <p className="ask">
        {busy ? (
          <button type="button" className="main" onClick={onStop}>
            {words.whatIf.stop}
          </button>
        ) : (
          <button type="submit" className="main" disabled={nothing || !mayAsk}>
            {words.whatIf.ask}
          </button>
        )}
        <span className="soft" role="status">
          {busy && words.whatIf.playing}
          {!busy && !mayAsk && words.whatIf.mayNot}
          {!busy && mayAsk && nothing && words.whatIf.choose}
        </span>
      </p>
    </form>
  )
}

function Today({ form, stations, onForm }: Props): JSX.Element {
  const { whatIf } = useWords()
  const chosen = stations.find(({ name }) => name === form.name)
  const take = (no: string): void => {
    const one = stations.find(({ station }) => String(station) === no)
    const positions = one?.positions.length ?? 0
    const name = one?.name ?? whatIf.any
    onForm({ ...form, name, ...(positions > 0 && { positions }) })
  }
  return (
    <fieldset>
      <legend>{whatIf.today}</legend>
      <Choice label={whatIf.station} value={String(chosen?.station ?? '')} onChange={take}>
        <option value="">{whatIf.any}</option>
        {stations.map(({ station, name }) => (
          <option key={station} value={station}>
            {station} · {name}
          </option>
        ))}
      </Choice>
      <Choice
        label={whatIf.positions}
        value={String(form.positions)}
        onChange={(value) => onForm({ ...form, positions: Number(value) })}
      >
        {Array.from({ length: 16 }, (_, i) => (
          <option key={i}>{i + 1}</option>
        ))}
      </Choice>
      <Choice
        label={whatIf.load}
        value={form.load}
        onChange={(value) => onForm({ ...form, load: keyOf(loads, value) ?? form.load })}
      >
        {Object.keys(loads).map((key) => (
          <option key={key} value={key}>
            {whatIf.loads[keyOf(loads, key) ?? 'usual']}
          </option>
        ))}
      </Choice>
      <Choice
        label={whatIf.booked}
        value={String(form.bookedShare)}
        onChange={(value) => onForm({ ...form, bookedShare: Number(value) })}
      >
        <Shares />
      </Choice>
    </fieldset>
  )
}

function Changes({ form, onForm }: Props): JSX.Element {
  const { whatIf } = useWords()
  return (
    <fieldset>
      <legend>{whatIf.changes}</legend>
      <label className="tick">
        <input
          type="checkbox"
          checked={form.close}
          disabled={form.positions === 1}
          onChange={(event) => onForm({ ...form, close: event.target.checked })}
        />
        {whatIf.close}
      </label>
      <Choice
        label={whatIf.cap}
        value={form.cap}
        onChange={(value) => onForm({ ...form, cap: value === 'flat' ? 'flat' : 'forecast' })}
      >
        <option value="forecast">{whatIf.caps.forecast}</option>
        <option value="flat">{whatIf.caps.flat}</option>
      </Choice>
      <Choice
        label={whatIf.rule}
        value={form.rule}
        onChange={(value) => onForm({ ...form, rule: keyOf(rules, value) ?? form.rule })}
      >
        {Object.keys(rules).map((key) => (
          <option key={key} value={key}>
            {whatIf.rules[keyOf(rules, key) ?? 'today']}
          </option>
        ))}
      </Choice>
      <Choice
        label={whatIf.share}
        value={form.thenShare === null ? '' : String(form.thenShare)}
        onChange={(value) => onForm({ ...form, thenShare: value === '' ? null : Number(value) })}
      >
        <option value="">{whatIf.same}</option>
        <Shares />
      </Choice>
    </fieldset>
  )
}

function Shares(): JSX.Element {
  const { whatIf } = useWords()
  return (
    <>
      {shares.map((share) => (
        <option key={share} value={share}>
          {fill(whatIf.percent, { n: Math.round(share * 100) })}
        </option>
      ))}
    </>
  )
}

type ChoiceProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly children: ReactNode
}

function Choice({ label, value, onChange, children }: ChoiceProps): JSX.Element {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
    </label>
  )
}

function keyOf<T extends object>(table: T, key: string): keyof T | undefined {
  return key in table ? (key as keyof T) : undefined
}
