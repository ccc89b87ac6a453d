import { describe, expect, it } from 'vitest'
import { modelParts, type ModelPart } from '@baari/shared/domain/forecast/onnx/model-parts'
import { readOnnx, type ReadAttribute } from '@baari/shared/domain/forecast/onnx/read-model'
import { bundleOf, trainSmall } from '@baari/shared/testing/signed-bundle'
import { sliceTable, waveDemand, withoutValues } from './wave-demand.ts'

const whole = waveDemand(24 * 41)
const { model } = bundleOf(
  trainSmall({
    history: sliceTable(whole, 0, 24 * 40),
    future: withoutValues(sliceTable(whole, 24 * 40, 24 * 41)),
  }),
)
const graphOf = (bytes: Uint8Array) => readOnnx(bytes) ?? expect.fail('it is a model')
const graph = graphOf(model)
const ensembles = graph.nodes.filter(({ operator }) => operator === 'TreeEnsembleRegressor')

const partsOf = (entriesMax: number): readonly ModelPart[] =>
  modelParts(model, entriesMax) ?? expect.fail('the model is in our form')

type Attributes = ReadonlyMap<string, ReadAttribute>

/** The numbers or words of a list; empty for what is no list. */
function listOf(attributes: Attributes, name: string): readonly (number | string)[] {
  const one = attributes.get(name)
  return one !== undefined && 'values' in one ? [...one.values] : []
}

const entriesOf = (attributes: Attributes): number =>
  listOf(attributes, 'nodes_treeids').length + listOf(attributes, 'target_treeids').length

describe('a model in parts', () => {
  it('the parts of an output hold its trees, each once and in order, and none of them its base', () => {
    const parts = partsOf(400)
    expect(parts.length).toBeGreaterThan(ensembles.length + 3)
    for (const { outputs, attributes } of ensembles) {
      const scores = graph.nodes.find(({ inputs }) => inputs[0] === outputs[0])
      const output = scores?.outputs[0] ?? outputs[0]
      const own = parts.filter((part) => part.output === output)
      expect(own.every(({ exponential }) => exponential === (scores !== undefined))).toBe(true)
      const nodes = own.map((part) => graphOf(part.model()).nodes[0]!)
      for (const [name, { kind }] of attributes) {
        const joined = nodes.flatMap((node) => listOf(node.attributes, name))
        if (name === 'base_values') {
          expect(joined).toEqual([])
          for (const { base } of own) expect([...base]).toEqual(listOf(attributes, name))
          continue
        }
        expect(joined).toEqual(listOf(attributes, name))
        if (kind === 'text' || kind === 'int') {
          for (const node of nodes) expect(node.attributes.get(name)).toEqual(attributes.get(name))
        }
      }
    }
  })

  it('a part is a model of its own with one output, of the versions of the whole', () => {
    for (const part of partsOf(400)) {
      const { inputs, outputs, opsets, irVersion, nodes } = graphOf(part.model())
      expect({ inputs, opsets, irVersion }).toEqual({
        inputs: graph.inputs,
        opsets: graph.opsets,
        irVersion: graph.irVersion,
      })
      expect(outputs).toEqual([part.output])
      expect(nodes.map((node) => node.outputs)).toEqual([[part.output]])
    }
  })

  it('no part holds more than it may, except a tree that is larger by itself', () => {
    for (const part of partsOf(400)) {
      const { attributes } = graphOf(part.model()).nodes[0]!
      const trees = new Set(listOf(attributes, 'nodes_treeids'))
      if (trees.size > 1) expect(entriesOf(attributes)).toBeLessThanOrEqual(400)
    }
    expect(partsOf(10_000_000)).toHaveLength(ensembles.length)
    const single = ensembles.reduce(
      (sum, { attributes }) => sum + new Set(listOf(attributes, 'nodes_treeids')).size,
      0,
    )
    expect(partsOf(1)).toHaveLength(single)
  })

  it('a graph that is no sum of trees is left whole', () => {
    const other = Buffer.from(model)
    other.write('TreeEnsembleClassifie', other.indexOf('TreeEnsembleRegressor'))
    expect(modelParts(new Uint8Array(other), 400)).toBeUndefined()
  })

  it('a model that ends anywhere before its end is cut or left, never thrown', () => {
    for (let length = 0; length < model.length; length += 97) {
      const parts = modelParts(model.subarray(0, length), 400) ?? []
      for (const part of parts) expect(part.model().length).toBeGreaterThan(0)
    }
  })
})
