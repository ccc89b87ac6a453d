import type { HeadRelation } from './uplink-states.ts'

export type CloudHead = { readonly stream: string; readonly seq: number; readonly chain: string }

/** One of our streams: its newest op, and the chain value after any op we still hold. */
export type LocalStream = {
  readonly stream: string
  readonly lastSeq: number
  /** Up to here the cloud once had exactly our ops. */
  readonly ackedSeq: number
  chainAt(seq: number): string | undefined
}

/**
 * How the cloud stands to this node over all streams; the worst stream decides. A cloud head whose
 * chain value we no longer hold is taken as equal: it was acked and pruned. A difference beyond
 * what it ever acknowledged is no other history but ours: this file was put back and wrote on, so
 * the cloud is ahead of what both hold.
 */
export function compareHeads(
  cloud: readonly CloudHead[],
  local: readonly LocalStream[],
): HeadRelation {
  const ranks = local.map((stream) =>
    rankOf(
      stream,
      cloud.find((h) => h.stream === stream.stream),
    ),
  )
  return relations[Math.max(0, ...ranks)] ?? 'equal'
}

/** From harmless to worst. */
const relations: readonly HeadRelation[] = ['equal', 'cloud_behind', 'cloud_ahead', 'chain_differs']

function rankOf(local: LocalStream, head: CloudHead | undefined): number {
  if (head === undefined) return local.lastSeq === 0 ? 0 : 1
  if (head.seq > local.lastSeq) return 2
  const ours = local.chainAt(head.seq)
  if (ours !== undefined && ours !== head.chain) return head.seq > local.ackedSeq ? 2 : 3
  return head.seq === local.lastSeq ? 0 : 1
}
