import { framed, type Pieces } from './pieces.ts'

/** An attribute of a node as it stands in the bytes. */
export type RawAttribute = { readonly name: string; readonly bytes: Uint8Array }

/** Tags of AttributeProto's fields, onnx.proto: the field's number times eight plus its wire type. */
const tag = { name: 0x0a, floats: 0x3a, ints: 0x42, texts: 0x4a } as const

/**
 * The attributes of a tree ensemble cut between trees, into parts of at most `entriesMax` nodes and
 * leaf values, a tree at least. What the sum begins with is in none of them: the runtime adds it only to
 * targets a part has leaves for. Nothing is copied.
 * @returns the attributes of each part; undefined where they are not laid out as our writer does
 */
export function cutAttributes(
  attributes: readonly RawAttribute[],
  entriesMax: number,
): readonly (readonly Pieces[])[] | undefined {
  const listed = new Map(attributes.map(({ name, bytes }) => [name, listOf(bytes)]))
  const nodes = treeEnds(listed.get('nodes_treeids'))
  const leaves = treeEnds(listed.get('target_treeids'))
  if (nodes === undefined || nodes.length !== leaves?.length) return undefined
  const parts = partsOf(nodes, leaves, entriesMax)
  const cut = parts.map((): Pieces[] => [])
  for (const { name, bytes } of attributes) {
    const spread = spreadOf(name)
    if (spread === 'none') continue
    if (spread === 'every') for (const own of cut) own.push([bytes])
    else {
      const list = listed.get(name)
      if (list === undefined) return undefined
      const pieces = piecesOf(
        list,
        parts.map((part) => part[spread]),
      )
      pieces.forEach((piece, at) => cut[at]!.push(piece))
    }
  }
  return cut
}

const baseName = 'base_values'

/** What the sums begin with, target by target; none where nothing says so. */
export function baseOf(attributes: readonly RawAttribute[]): Float32Array {
  const bytes = attributes.find(({ name }) => name === baseName)?.bytes
  const list = bytes && listOf(bytes)
  if (list?.kind !== 'floats') return new Float32Array(0)
  // Numbers are read at whole words only.
  return new Float32Array(list.body.slice().buffer)
}

function spreadOf(name: string): 'nodes' | 'leaves' | 'none' | 'every' {
  if (name.startsWith('nodes_')) return 'nodes'
  if (name.startsWith('target_')) return 'leaves'
  return name === baseName ? 'none' : 'every'
}

/** Where the nodes and leaf values of a part end. */
type Part = { readonly nodes: number; readonly leaves: number }

/** Where the parts end, cut between trees, from where each tree ends. */
export function partsOf(
  nodes: Int32Array,
  leaves: Int32Array,
  entriesMax: number,
): readonly Part[] {
  const parts: Part[] = []
  let begun = 0
  for (let tree = 0; tree < nodes.length; tree += 1) {
    const before = parts.at(-1) ?? { nodes: 0, leaves: 0 }
    const entries = nodes[tree]! - before.nodes + leaves[tree]! - before.leaves
    if (entries <= entriesMax || tree === begun) continue
    parts.push({ nodes: nodes[tree - 1]!, leaves: leaves[tree - 1]! })
    begun = tree
  }
  return [...parts, { nodes: nodes.at(-1) ?? 0, leaves: leaves.at(-1) ?? 0 }]
}

type List = {
  readonly kind: 'ints' | 'floats' | 'texts'
  /** The numbers, or the texts with their tags and lengths. */
  readonly body: Uint8Array
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/** The name, one list, and the type: undefined for anything else. */
function listOf(bytes: Uint8Array): List | undefined {
  if (bytes[0] !== tag.name || bytes[1] === undefined || bytes[1] > 127) return undefined
  const from = 2 + bytes[1]
  const head = bytes.subarray(0, from)
  if (bytes[from] === tag.texts) {
    let to = from
    while (bytes[to] === tag.texts) to += 2 + (bytes[to + 1] ?? 0)
    return { kind: 'texts', head, body: bytes.subarray(from, to), tail: bytes.subarray(to) }
  }
  if (bytes[from] !== tag.ints && bytes[from] !== tag.floats) return undefined
  const kind = bytes[from] === tag.ints ? 'ints' : 'floats'
  const { value: length, end } = varintAt(bytes, from + 1)
  const [body, tail] = [bytes.subarray(end, end + length), bytes.subarray(end + length)]
  return body.length === length ? { kind, head, body, tail } : undefined
}

/** How many numbers there are up to the end of each tree; undefined unless trees count from 0. */
function treeEnds(list: List | undefined): Int32Array | undefined {
  if (list?.kind !== 'ints') return undefined
  const { body } = list
  const ends: number[] = []
  let tree = 0
  let count = 0
  let value = 0
  let scale = 1
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]!
    value += (byte & 127) * scale
    scale *= 128
    if (byte > 127) continue
    if (value !== tree) {
      ends.push(count)
      tree += 1
      if (value !== tree) return undefined
    }
    count += 1
    value = 0
    scale = 1
  }
  return Int32Array.from([...ends, count])
}

function varintAt(
  bytes: Uint8Array,
  from: number,
): { readonly value: number; readonly end: number } {
  let [value, scale, at] = [0, 1, from]
  while (bytes[at]! > 127) {
    value += (bytes[at]! & 127) * scale
    scale *= 128
    at += 1
  }
  return { value: value + (bytes[at] ?? 0) * scale, end: at + 1 }
}

/** The attribute with its list up to each of the ends, each from where the one before stopped. */
function piecesOf(list: List, ends: readonly number[]): readonly Pieces[] {
  const { kind, head, body, tail } = list
  let from = 0
  let count = 0
  return ends.map((end) => {
    const to = placeAfter(list, from, { more: end - count, of: ends.at(-1) ?? 0 })
    const piece = [body.subarray(from, to)]
    from = to
    count = end
    const own = kind === 'texts' ? piece : framed(kind === 'ints' ? 8 : 7, piece)
    return [head, ...own, tail]
  })
}

/** Where so many more entries of a list end. */
function placeAfter(
  { kind, body }: List,
  from: number,
  { more, of }: { readonly more: number; readonly of: number },
): number {
  if (kind === 'floats') return from + 4 * more
  // Small numbers take a byte each, and need not be looked at.
  if (kind === 'ints' && body.length === of) return from + more
  let at = from
  if (kind === 'ints') for (let left = more; left > 0; at += 1) left -= body[at]! < 128 ? 1 : 0
  else for (let left = more; left > 0; left -= 1) at += 2 + body[at + 1]!
  return at
}
