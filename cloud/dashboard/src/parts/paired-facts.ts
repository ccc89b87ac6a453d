import type { SyncConflict } from '@baari/shared/contracts/http/sync-api'

export type PairedFact = {
  readonly name: string
  readonly told: string | null
  readonly held: string | null
  /** Both sides name it and they do not say the same. */
  readonly differs: boolean
}

type Facts = Readonly<Record<string, string | null>>

/** The op's names are the wire's, the row's are the database's. */
const columnsOf: Readonly<Record<string, string>> = {
  position: 'position_no',
  ticket: 'ticket_id',
  booking: 'booking_id',
  fill: 'fill_id',
  lane: 'lane_no',
  by: 'by_attendant',
}

/** Told and held beside each other: first what both name, then what one side alone knows. */
export function pairedFacts(told: Facts, held: Facts): readonly PairedFact[] {
  const rest = new Map(Object.entries(held))
  const both: PairedFact[] = []
  const alone: PairedFact[] = []
  for (const [name, value] of Object.entries(told)) {
    const column = columnsOf[name] ?? snake(name)
    if (!rest.has(column)) {
      alone.push({ name, told: value, held: null, differs: false })
      continue
    }
    const other = rest.get(column) ?? null
    rest.delete(column)
    both.push({ name: column, told: value, held: other, differs: value !== other })
  }
  const theirs = [...rest].map(([name, value]) => {
    return { name, told: null, held: value, differs: false }
  })
  return [...both, ...alone, ...theirs].filter((fact) => fact.told !== null || fact.held !== null)
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

export type PairedTable = { readonly title: string; readonly facts: readonly PairedFact[] }

/** One table for each row the cloud holds; one for the op alone where it holds none. */
export function pairedTables({ told, held }: SyncConflict): readonly PairedTable[] {
  const said = told?.facts ?? {}
  if (held.length === 0) return [{ title: told?.kind ?? '', facts: pairedFacts(said, {}) }]
  return held.map(({ table, facts }) => ({ title: table, facts: pairedFacts(said, facts) }))
}
