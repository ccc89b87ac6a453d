import type { ScanView } from '@baari/shared/contracts/live/station-view'
import type { ForecourtCaller } from '../../clients/forecourt-caller.ts'
import type { LiveFeed } from '../../clients/live-feed.ts'
import type { NodeCaller } from '../../clients/node-caller.ts'
import { waitUntil } from '../../clients/wait-until.ts'
import { patientMs } from '../until.ts'
import type { PlannedScan, PlayedScan } from './planned-scan.ts'

export type ScanParts = {
  readonly node: NodeCaller
  readonly feed: LiveFeed
  readonly forecourt: ForecourtCaller
}

/** Plays one scan and waits for its answer. */
export async function playScan(parts: ScanParts, planned: PlannedScan): Promise<PlayedScan> {
  const { by, lane, text } = planned
  const view =
    by === 'scanner'
      ? await showAtReader(parts, lane, text)
      : await parts.node.scan({ source: by, lane, text })
  return { ...planned, view }
}

/** What a reader heard is answered on the screens; its lamp carries no more than a colour. */
async function showAtReader(
  { feed, forecourt }: ScanParts,
  lane: 1 | 2,
  text: string,
): Promise<ScanView> {
  const answered = nextAnswers(feed, [lane])
  if (!(await forecourt.showCode(lane, text))) throw new Error(`nobody listens at lane ${lane}`)
  const [view] = await answered()
  if (view === undefined) throw new Error(`no answer at lane ${lane}`)
  return view
}

/** The same code at both lanes in the same moment: which lane wins is chance. */
export async function playAtBothLanes(
  { feed, forecourt }: ScanParts,
  planned: Pick<PlannedScan, 'id' | 'given' | 'text'>,
): Promise<readonly PlayedScan[]> {
  const answered = nextAnswers(feed, [1, 2])
  await forecourt.showAtLanes([1, 2], planned.text)
  const views = (await answered()).toSorted((a, b) =>
    a.verdict === 'ADMIT' ? -1 : b.verdict === 'ADMIT' ? 1 : 0,
  )
  return views.map((view, index) => ({
    ...planned,
    by: 'scanner',
    lane: view.lane === 1 ? 1 : 2,
    expected: index === 0 ? 'ADMIT' : 'PRESENT',
    view,
  }))
}

/** Waits for one new scanner answer at each of the lanes. */
function nextAnswers(
  feed: LiveFeed,
  lanes: readonly (1 | 2)[],
): () => Promise<readonly ScanView[]> {
  const before = new Set(feed.scans().map(({ id }) => id))
  return () =>
    waitUntil({ what: `an answer at lane ${lanes.join()}`, withinMs: patientMs }, () => {
      const fresh = feed.scans().filter(({ id, source }) => source === 'scanner' && !before.has(id))
      const found = lanes.flatMap((lane) => fresh.filter((view) => view.lane === lane).slice(0, 1))
      return found.length === lanes.length ? found : undefined
    })
}
