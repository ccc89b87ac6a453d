import { eachField, type ProtobufField } from './protobuf-reader.ts'
import { baseOf, cutAttributes, type RawAttribute } from './cut-attributes.ts'
import { framed, framedNumber, joined, type Pieces } from './pieces.ts'

/** A model of its own that answers a part of one output's sum, without what the sum begins with. */
export type ModelPart = {
  /** What the sum begins with, target by target; empty for zeros. */
  readonly base: Float32Array
  /** The output of the whole model that the answers of its parts add up to. */
  readonly output: string
  /** What the output is: the sum, or its exponential. */
  readonly exponential: boolean
  /** Puts the part's bytes together. */
  readonly model: () => Uint8Array
}

/**
 * Nodes and leaf values of the trees that are loaded at once, some 200 kB of a model: the runtime
 * takes ten times the bytes of what it loads.
 */
export const partEntriesMax = 20_000

/** Fields of ModelProto, GraphProto and NodeProto, onnx.proto. */
const graphOfModel = 7
const ofGraph = { node: 1, name: 2, input: 11, output: 12 } as const
const ofNode = { input: 1, output: 2, operator: 4, attribute: 5 } as const

/**
 * A model of tree ensembles as models of at most `entriesMax` nodes and leaf values each, a tree at
 * least. The runtime takes ten times a model's bytes while it loads it; part by part it never holds
 * more than a part's. The trees are copied as they stand and not read.
 * @returns undefined for a model that is not in our writer's form: it then runs whole
 */
export function modelParts(
  bytes: Uint8Array,
  entriesMax: number,
): readonly ModelPart[] | undefined {
  const read = readShallow(bytes)
  if (read === undefined) return undefined
  const parts: ModelPart[] = []
  for (const node of read.nodes) {
    if (node.operator === 'Exp') continue
    if (node.operator !== 'TreeEnsembleRegressor') return undefined
    const exponential = read.nodes.find(
      ({ operator, input }) => operator === 'Exp' && input === node.output,
    )
    const output = exponential?.output ?? node.output
    const told = read.outputs.get(output)
    const base = baseOf(node.attributes)
    const cut = cutAttributes(node.attributes, entriesMax)
    if (told === undefined || cut === undefined) return undefined
    for (const attributes of cut) {
      const model = (): Uint8Array => joined(partOf(read, { node, output, attributes, told }))
      parts.push({ output, base, exponential: exponential !== undefined, model })
    }
  }
  const answered = new Set(parts.map(({ output }) => output))
  return [...read.outputs.keys()].every((name) => answered.has(name)) ? parts : undefined
}

type ShallowNode = {
  readonly operator: string
  readonly input: string
  readonly output: string
  readonly attributes: readonly RawAttribute[]
  /** Fields that are neither of these, as they stand. */
  readonly others: Pieces
}

type Shallow = {
  readonly nodes: readonly ShallowNode[]
  readonly outputs: ReadonlyMap<string, Uint8Array>
  readonly inputs: readonly Uint8Array[]
  /** Versions and operator sets of the model, as they stand. */
  readonly others: Pieces
}

function readShallow(bytes: Uint8Array): Shallow | undefined {
  const nodes: ShallowNode[] = []
  const outputs = new Map<string, Uint8Array>()
  const inputs: Uint8Array[] = []
  const others: Uint8Array[] = []
  let good = true
  const ofGraphField = (part: ProtobufField): void => {
    if (part.wire !== 'bytes') return
    if (part.field === ofGraph.node) {
      const node = readNode(part.bytes)
      if (node === undefined) good = false
      else nodes.push(node)
    }
    if (part.field === ofGraph.input) inputs.push(part.bytes)
    if (part.field === ofGraph.output) outputs.set(nameOf(part.bytes), part.bytes)
  }
  const whole = eachField(bytes, (part) => {
    if (part.wire === 'bytes' && part.field === graphOfModel) {
      good = eachField(part.bytes, ofGraphField) && good
    } else if (part.wire === 'bytes') others.push(...framed(part.field, [part.bytes]))
    else if (part.wire === 'varint') others.push(...framedNumber(part.field, part.value))
    else good = false
  })
  return whole && good ? { nodes, outputs, inputs, others } : undefined
}

function readNode(bytes: Uint8Array): ShallowNode | undefined {
  const attributes: RawAttribute[] = []
  const others: Uint8Array[] = []
  const texts = { operator: '', input: '', output: '' }
  const good = eachField(bytes, (part) => {
    if (part.wire !== 'bytes') return
    if (part.field === ofNode.attribute) {
      attributes.push({ name: nameOf(part.bytes), bytes: part.bytes })
    } else if (part.field === ofNode.input) texts.input = textOf(part.bytes)
    else if (part.field === ofNode.output) texts.output = textOf(part.bytes)
    else {
      if (part.field === ofNode.operator) texts.operator = textOf(part.bytes)
      others.push(...framed(part.field, [part.bytes]))
    }
  })
  return good ? { ...texts, attributes, others } : undefined
}

type PartOf = {
  readonly node: ShallowNode
  readonly output: string
  readonly attributes: readonly Pieces[]
  /** What the model says of the output. */
  readonly told: Uint8Array
}

function partOf({ inputs, others }: Shallow, { node, output, attributes, told }: PartOf): Pieces {
  const text = (field: number, value: string): Pieces => framed(field, [encoder.encode(value)])
  const ofPart = framed(ofGraph.node, [
    ...text(ofNode.input, node.input),
    ...text(ofNode.output, output),
    ...node.others,
    ...attributes.flatMap((attribute) => framed(ofNode.attribute, attribute)),
  ])
  const graph = framed(graphOfModel, [
    ...ofPart,
    ...text(ofGraph.name, 'part'),
    ...inputs.flatMap((input) => framed(ofGraph.input, [input])),
    ...framed(ofGraph.output, [told]),
  ])
  return [...others, ...graph]
}

const encoder = new TextEncoder()

/** Of an attribute or an output, in our writer's form: its first field, shorter than 128 bytes. */
function nameOf(bytes: Uint8Array): string {
  const length = bytes[0] === 0x0a ? (bytes[1] ?? 0) : 0
  return length < 128 ? textOf(bytes.subarray(2, 2 + length)) : ''
}

const decoder = new TextDecoder()

function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
