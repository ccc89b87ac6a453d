import { dayText, type DayClosed } from '@baari/shared/domain/sync/day-close'
import { checkDay, type OwnDay } from '../../domain/sync/check-day.ts'

export type ToldDay = {
  readonly stationNo: number
  readonly opRef: string
  readonly told: DayClosed
  readonly atMs: number
  /** The station's key, when the day names the one that is enrolled. */
  readonly publicKey: string | null
}

/** Days that stations signed. `save` opens an exception where something differs. */
export type StationDays = {
  unchecked(limit: number): Promise<readonly ToldDay[]>
  own(day: ToldDay): Promise<Omit<OwnDay, 'signed'>>
  save(day: ToldDay, differences: readonly string[]): Promise<void>
}

export type CheckDaysDeps = {
  readonly days: StationDays
  readonly verify: (publicKey: string, text: string, signature: string) => boolean
}

const perRun = 50

/** Checks what stations signed since the last run; the number of days looked at. */
export async function checkDays({ days, verify }: CheckDaysDeps): Promise<number> {
  const waiting = await days.unchecked(perRun)
  for (const day of waiting) {
    const { told, publicKey, stationNo } = day
    const signed = publicKey !== null && verify(publicKey, dayText(stationNo, told), told.sig)
    await days.save(day, checkDay(told, { ...(await days.own(day)), signed }))
  }
  return waiting.length
}
