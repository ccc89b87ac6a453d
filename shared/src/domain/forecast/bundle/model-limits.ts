import type { ReadModel } from '../onnx/read-model.ts'
import { err, ok, type Result } from '../../../faults/result.ts'
import type { ModelRefusal } from './model-refusal.ts'

/** What a station takes at most, in bytes (forecasting.md 1.6). */
export const bytesMax = { manifest: 65_536, model: 5_000_000, golden: 1_000_000 } as const

const graphNodesMax = 16
const treeNodesMax = 400_000
const outputsMax = 8

/** Trees and their exponential; elementary operators that cannot loop, load or call. */
const allowed: ReadonlySet<string> = new Set([
  'ai.onnx.ml/TreeEnsembleRegressor',
  ...['Exp', 'Identity', 'Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Clip', 'Cast', 'Concat'].map(
    (operator) => `/${operator}`,
  ),
])

/** Newest versions the station's runtime was tried with. */
const opsetMax: Readonly<Record<string, number>> = { '': 17, 'ai.onnx.ml': 3 }
const irMax = 8

/** Nodes and trees, operators, tensors elsewhere, operator sets: in this order. */
export function checkGraph(model: ReadModel): Result<null, ModelRefusal> {
  const { nodes, outputs, inputs } = model
  const trees = nodes.reduce((sum, { attributes }) => {
    const ids = attributes.get('nodes_nodeids')
    return sum + (ids?.kind === 'ints' ? ids.values.length : 0)
  }, 0)
  if (nodes.length > graphNodesMax || trees > treeNodesMax || outputs.length > outputsMax) {
    return no('model_too_large', `${nodes.length} nodes, ${trees} nodes of trees`)
  }
  const stranger = nodes.find(({ domain, operator }) => !allowed.has(`${domain}/${operator}`))
  if (stranger !== undefined) {
    return no('model_operator_unknown', `${stranger.domain}/${stranger.operator}`)
  }
  if (model.hidden) return no('model_operator_unknown', 'a function or a sub-graph')
  if (model.externalData) return no('model_data_elsewhere', 'external data')
  if (inputs.length !== 1) return no('model_unreadable', `${inputs.length} inputs`)
  return checkVersions(model)
}

function checkVersions({ irVersion, opsets }: ReadModel): Result<null, ModelRefusal> {
  const tooNew = [...opsets].find(([domain, version]) => version > (opsetMax[domain] ?? 0))
  if (tooNew !== undefined) return no('model_opset_unknown', `${tooNew[0]} ${tooNew[1]}`)
  if (opsets.size === 0 || irVersion < 1 || irVersion > irMax) {
    return no('model_opset_unknown', `IR version ${irVersion}`)
  }
  return ok(null)
}

export function no(code: ModelRefusal['code'], detail: string): Result<never, ModelRefusal> {
  return err({ code, detail })
}
