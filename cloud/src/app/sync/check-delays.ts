import { delayText, type DelayAmendment } from '@baari/shared/domain/dispatch/delay-amendment'

export type ToldDelay = {
  readonly stationNo: number
  readonly opRef: string
  readonly told: DelayAmendment
  /** The station's key, when the amendment names the one that is enrolled. */
  readonly publicKey: string | null
}

/** What stations said of being late. `save` opens an exception where the signature is not theirs. */
export type StationDelays = {
  unverified(limit: number): Promise<readonly ToldDelay[]>
  save(delay: ToldDelay, verified: boolean): Promise<void>
}

export type CheckDelaysDeps = {
  readonly delays: StationDelays
  readonly verify: (publicKey: string, text: string, signature: string) => boolean
}

const perRun = 50

/** Verifies what stations said since the last run; the number of amendments looked at. */
export async function checkDelays({ delays, verify }: CheckDelaysDeps): Promise<number> {
  const waiting = await delays.unverified(perRun)
  for (const delay of waiting) {
    const { told, publicKey, stationNo } = delay
    const text = delayText(stationNo, told)
    await delays.save(delay, publicKey !== null && verify(publicKey, text, told.sig))
  }
  return waiting.length
}
