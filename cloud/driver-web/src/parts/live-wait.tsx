import type { StationList } from '@baari/shared/contracts/http/cloud-api'
import type { VNode } from 'preact'
import { clockText } from './times.ts'
import { fill, useWords } from '../words/language.ts'

type Station = StationList['stations'][number]

/** What a walk-in waits now, since when that is known, and why it is so. */
export function LiveWait({ live }: { readonly live: Station['live'] }): VNode {
  const words = useWords()
  const { wait, asOfMs } = live
  return (
    <>
      <span class="wait">
        <span>{words.home.waitNow}</span>
        <b>{waitText(words, wait)}</b>
        {live.stale && asOfMs !== null && (
          <small>{fill(words.home.asOf, { time: clockText(asOfMs) })}</small>
        )}
      </span>
      {reasonsOf(words, live).map((reason) => (
        <span key={reason} class="why">
          {reason}
        </span>
      ))}
    </>
  )
}

type Words = ReturnType<typeof useWords>

function waitText({ home }: Words, wait: Station['live']['wait']): string {
  if (wait === null) return home.waitUnknown
  const { medianMin: median, p90Min: p90 } = wait
  return p90 === 0 ? home.noWait : fill(home.waitText, { median, p90 })
}

/** The heaviest reason first; nothing is said of a station where all is as usual. */
export function reasonsOf({ home: { why } }: Words, live: Station['live']): readonly string[] {
  const { cutUntilMs, positions, fillPercent, delayMin, line } = live
  const found: (string | false)[] = [
    cutUntilMs !== null && fill(why.cut, { time: clockText(cutUntilMs) }),
    positions !== null && positions.working === 0 && why.none,
    positions !== null &&
      positions.working > 0 &&
      positions.working < positions.all &&
      fill(why.positions, { working: positions.working, positions: positions.all }),
    fillPercent !== null && fillPercent < 90 && fill(why.gas, { percent: fillPercent }),
    delayMin > 0 && fill(why.delay, { min: delayMin }),
    line !== null && line.booked + line.walkIns > 0 && fill(why.line, line),
  ]
  return found.filter((reason) => reason !== false)
}
