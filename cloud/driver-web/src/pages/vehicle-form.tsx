import type { Vehicle } from '@baari/shared/contracts/http/cloud-api'
import { vehicleClasses, type VehicleClass } from '@baari/shared/units/names'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { problemText, useWords } from '../words/language.ts'

/** Asked once: class, plate and the cylinder's date. */
export function VehicleForm({ onSaved }: { readonly onSaved: (vehicle: Vehicle) => void }): VNode {
  const words = useWords()
  const [vehicleClass, setClass] = useState<VehicleClass>('auto')
  const [plate, setPlate] = useState('')
  const [retestValidUntil, setRetest] = useState('')
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  const [busy, setBusy] = useState(false)

  async function save(): Promise<void> {
    setBusy(true)
    const answer = await cloudClient.addVehicle({ plate, vehicleClass, retestValidUntil })
    setBusy(false)
    if (answer.ok) onSaved(answer.value)
    else setProblem(answer.error)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <h1>{words.vehicle.title}</h1>
      <p class="row chips">
        {vehicleClasses.map((each) => (
          <button
            key={each}
            type="button"
            class="chip"
            aria-pressed={each === vehicleClass}
            onClick={() => setClass(each)}
          >
            {words.vehicle.class[each]}
          </button>
        ))}
      </p>
      <label class="field">
        <span>{words.vehicle.plate}</span>
        <input
          name="plate"
          autocapitalize="characters"
          maxLength={16}
          value={plate}
          onInput={(event) => setPlate(event.currentTarget.value.toUpperCase())}
        />
      </label>
      <label class="field">
        <span>{words.vehicle.retest}</span>
        <input
          name="retest"
          type="date"
          value={retestValidUntil}
          onInput={(event) => setRetest(event.currentTarget.value)}
        />
      </label>
      <p class="soft">{words.vehicle.why}</p>
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
      </p>
      <button
        class="main"
        type="submit"
        disabled={busy || plate.length < 4 || retestValidUntil === ''}
      >
        {words.vehicle.save}
      </button>
    </form>
  )
}
