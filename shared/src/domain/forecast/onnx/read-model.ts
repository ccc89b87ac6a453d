import { eachField, packedFloats, packedVarints, type ProtobufField } from './protobuf-reader.ts'

/** An attribute as far as tree ensembles have them; anything else is kept by the field it is in. */
export type ReadAttribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'floats'; readonly values: Float32Array }
  | { readonly kind: 'ints'; readonly values: Int32Array }
  | { readonly kind: 'texts'; readonly values: readonly string[] }
  | { readonly kind: 'other' }

export type ReadNode = {
  readonly operator: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, ReadAttribute>
}

/** What a model says of itself, read before the runtime sees a byte of it. */
export type ReadModel = {
  readonly irVersion: number
  /** Version of each operator set by its domain; '' is the standard one. */
  readonly opsets: ReadonlyMap<string, number>
  readonly nodes: readonly ReadNode[]
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** A tensor anywhere lies in another file. */
  readonly externalData: boolean
  /** Functions, training parts and sub-graphs: places where operators could hide. */
  readonly hidden: boolean
}

/** Fields of the messages of onnx.proto that are looked at. */
const ofModel = { irVersion: 1, graph: 7, opset: 8, training: 20, functions: 25 } as const
const ofGraph = { node: 1, initializer: 5, input: 11, output: 12, sparse: 15 } as const
const ofNode = { input: 1, output: 2, operator: 4, attribute: 5, domain: 7 } as const
const ofAttribute = {
  ...{ name: 1, int: 3, text: 4, tensor: 5, graph: 6, floats: 7, ints: 8 },
  ...{ texts: 9, tensors: 10, graphs: 11 },
} as const
const ofTensor = { externalData: 13, dataLocation: 14 } as const

type Found = {
  irVersion: number
  externalData: boolean
  hidden: boolean
  readonly opsets: Map<string, number>
  readonly nodes: ReadNode[]
  readonly inputs: string[]
  readonly outputs: string[]
}

/** Undefined when the bytes are no ONNX model; lengths are bounded by the bytes there are. */
export function readOnnx(bytes: Uint8Array): ReadModel | undefined {
  const found: Found = {
    ...{ irVersion: 0, externalData: false, hidden: false },
    ...{ opsets: new Map(), nodes: [], inputs: [], outputs: [] },
  }
  const good = eachPart(bytes, (part) => {
    if (part.field === ofModel.irVersion && part.wire === 'varint') found.irVersion = part.value
    if (part.field === ofModel.training || part.field === ofModel.functions) found.hidden = true
    if (part.field === ofModel.opset) return readOpset(part, found.opsets)
    if (part.field !== ofModel.graph) return true
    return part.wire === 'bytes' && readGraph(part.bytes, found)
  })
  return good ? found : undefined
}

/** As `eachField`, for parts that may be no good themselves. */
function eachPart(bytes: Uint8Array, good: (part: ProtobufField) => boolean): boolean {
  let all = true
  return (
    eachField(bytes, (part) => {
      all = all && good(part)
    }) && all
  )
}

function readOpset(part: ProtobufField, into: Map<string, number>): boolean {
  let domain = ''
  let version = 0
  const good =
    part.wire === 'bytes' &&
    eachField(part.bytes, (own) => {
      if (own.field === 1) domain = textOf(own)
      if (own.field === 2 && own.wire === 'varint') version = own.value
    })
  into.set(domain, version)
  return good
}

function readGraph(bytes: Uint8Array, found: Found): boolean {
  return eachPart(bytes, (part) => {
    if (part.wire !== 'bytes') return true
    switch (part.field) {
      case ofGraph.node:
        return readNode(part.bytes, found)
      case ofGraph.initializer:
        return readTensor(part.bytes, found)
      case ofGraph.sparse:
        found.hidden = true
        return true
      case ofGraph.input:
        return readName(part.bytes, found.inputs)
      case ofGraph.output:
        return readName(part.bytes, found.outputs)
      default:
        return true
    }
  })
}

function readName(bytes: Uint8Array, into: string[]): boolean {
  return eachField(bytes, (part) => {
    if (part.field === 1) into.push(textOf(part))
  })
}

function readTensor(bytes: Uint8Array, found: Found): boolean {
  return eachField(bytes, (part) => {
    const elsewhere =
      part.field === ofTensor.dataLocation && part.wire === 'varint' && part.value !== 0
    if (part.field === ofTensor.externalData || elsewhere) found.externalData = true
  })
}

function readNode(bytes: Uint8Array, found: Found): boolean {
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes = new Map<string, ReadAttribute>()
  let operator = ''
  let domain = ''
  const good = eachPart(bytes, (part) => {
    if (part.field === ofNode.input) inputs.push(textOf(part))
    if (part.field === ofNode.output) outputs.push(textOf(part))
    if (part.field === ofNode.operator) operator = textOf(part)
    if (part.field === ofNode.domain) domain = textOf(part)
    if (part.field !== ofNode.attribute) return true
    return part.wire === 'bytes' && readAttribute(part.bytes, attributes, found)
  })
  found.nodes.push({ operator, domain, inputs, outputs, attributes })
  return good
}

function readAttribute(bytes: Uint8Array, into: Map<string, ReadAttribute>, found: Found): boolean {
  let name = ''
  let read: ReadAttribute = { kind: 'other' }
  const texts: string[] = []
  const good = eachPart(bytes, (part) => {
    if (part.field === ofAttribute.name) name = textOf(part)
    if (part.field === ofAttribute.texts) texts.push(known(textOf(part)))
    if (part.field === ofAttribute.graph || part.field === ofAttribute.graphs) found.hidden = true
    if (part.field === ofAttribute.tensor || part.field === ofAttribute.tensors) {
      return part.wire === 'bytes' && readTensor(part.bytes, found)
    }
    const value = valueOf(part)
    if (value === 'bad') return false
    read = value ?? read
    return true
  })
  into.set(name, texts.length > 0 ? { kind: 'texts', values: texts } : read)
  return good
}

/** Nodes say one of two words some hundred thousand times: it is kept once. */
function known(text: string): string {
  return text === 'LEAF' ? 'LEAF' : text === 'BRANCH_LEQ' ? 'BRANCH_LEQ' : text
}

function valueOf(part: ProtobufField): ReadAttribute | 'bad' | undefined {
  if (part.field === ofAttribute.int && part.wire === 'varint') {
    return { kind: 'int', value: part.value }
  }
  if (part.field === ofAttribute.text) return { kind: 'text', value: textOf(part) }
  return part.wire === 'bytes' ? listOf(part) : undefined
}

function listOf(
  part: Extract<ProtobufField, { wire: 'bytes' }>,
): ReadAttribute | 'bad' | undefined {
  if (part.field === ofAttribute.floats) {
    const values = packedFloats(part.bytes)
    return values === undefined ? 'bad' : { kind: 'floats', values }
  }
  if (part.field !== ofAttribute.ints) return undefined
  const values = packedVarints(part.bytes)
  return values === undefined ? 'bad' : { kind: 'ints', values }
}

const decoder = new TextDecoder()

function textOf(part: ProtobufField): string {
  return part.wire === 'bytes' ? decoder.decode(part.bytes) : ''
}
