/**
 * A place in a shape's log: `-1` before everything, `now` at its end, otherwise a pair. Pairs with
 * tx 0 lie in the snapshot: `0_n` is its n-th chunk and `0_inf` its end.
 */
export type Offset =
  | { readonly kind: 'start' }
  | { readonly kind: 'now' }
  | { readonly kind: 'chunk'; readonly n: number }
  | { readonly kind: 'snapshot-end' }
  | { readonly kind: 'log'; readonly seq: number }

/** Undefined when the text is no offset. An op number inside a tx is read and means its tx. */
export function parseOffset(text: string): Offset | undefined {
  if (text === '-1') return { kind: 'start' }
  if (text === 'now') return { kind: 'now' }
  const [, tx, op] = /^(\d{1,15})_(\d{1,10}|inf)$/.exec(text) ?? []
  if (tx === undefined || op === undefined) return undefined
  if (Number(tx) > 0) return { kind: 'log', seq: Number(tx) }
  return op === 'inf' ? { kind: 'snapshot-end' } : { kind: 'chunk', n: Number(op) }
}

/** Each op of the log is its own tx, so that a stream never resumes in the middle of one. */
export function logOffset(seq: number): string {
  return `${seq}_0`
}

export function chunkOffset(n: number): string {
  return `0_${n}`
}

export const snapshotEnd = '0_inf'
