import type { Ensemble } from '../trees/tree.ts'
import { writeAttribute, type OnnxAttribute } from './attributes.ts'
import { ProtobufWriter } from './protobuf.ts'
import { treeAttributes } from './tree-attributes.ts'

/** One output of a model: the sums of an ensemble, or their exponentials for a Poisson mean. */
export type OnnxOutput = {
  readonly name: string
  readonly ensemble: Ensemble
  readonly exponential: boolean
}

/** The name of the one input: a float32 matrix of rows by features. */
export const inputName = 'features'

const irVersion = 8
const operators = { '': 17, 'ai.onnx.ml': 3 } as const
const floatType = 1

/** Fields of ModelProto, GraphProto, NodeProto and ValueInfoProto, onnx.proto. */
const model = { irVersion: 1, producer: 2, graph: 7, opset: 8 } as const
const graph = { node: 1, name: 2, input: 11, output: 12 } as const
const node = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 } as const

/**
 * An ONNX model of tree ensembles over the same features, one output each. The same ensembles give
 * the same bytes.
 */
export function writeOnnx(outputs: readonly OnnxOutput[]): Uint8Array {
  const out = new ProtobufWriter()
  out.varintField(model.irVersion, irVersion)
  out.textField(model.producer, 'baari')
  out.message(model.graph, (into) => writeGraph(into, outputs))
  for (const [domain, version] of Object.entries(operators)) {
    out.message(model.opset, (into) => {
      into.textField(1, domain)
      into.varintField(2, version)
    })
  }
  return out.done()
}

function writeGraph(into: ProtobufWriter, outputs: readonly OnnxOutput[]): void {
  for (const { name, ensemble, exponential } of outputs) {
    const sums = exponential ? `${name}Score` : name
    writeNode(into, {
      operator: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      from: inputName,
      to: sums,
      attributes: treeAttributes(ensemble),
    })
    if (exponential) {
      writeNode(into, { operator: 'Exp', domain: '', from: sums, to: name, attributes: [] })
    }
  }
  into.textField(graph.name, 'forecast')
  const width = outputs[0]?.ensemble.features.length ?? 0
  into.message(graph.input, (one) => writeMatrix(one, inputName, width))
  for (const { name, ensemble } of outputs) {
    into.message(graph.output, (one) => writeMatrix(one, name, ensemble.targets))
  }
}

type Node = {
  readonly operator: string
  readonly domain: string
  readonly from: string
  readonly to: string
  readonly attributes: readonly OnnxAttribute[]
}

function writeNode(into: ProtobufWriter, { operator, domain, from, to, attributes }: Node): void {
  into.message(graph.node, (one) => {
    one.textField(node.input, from)
    one.textField(node.output, to)
    one.textField(node.name, `${to}Node`)
    one.textField(node.operator, operator)
    for (const attribute of attributes) {
      one.message(node.attribute, (inner) => writeAttribute(inner, attribute))
    }
    one.textField(node.domain, domain)
  })
}

/** A float32 matrix whose number of rows is left open. */
function writeMatrix(into: ProtobufWriter, name: string, width: number): void {
  into.textField(1, name)
  into.message(2, (type) => {
    type.message(1, (tensor) => {
      tensor.varintField(1, floatType)
      tensor.message(2, (shape) => {
        shape.message(1, (rows) => rows.textField(2, 'rows'))
        shape.message(1, (columns) => columns.varintField(1, width))
      })
    })
  })
}
