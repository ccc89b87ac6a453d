import type { ProtobufWriter } from './protobuf.ts'

/** Fields of AttributeProto and its types, onnx.proto. */
const field = { name: 1, int: 3, text: 4, floats: 7, ints: 8, strings: 9, type: 20 } as const
const type = { int: 2, text: 3, floats: 6, ints: 7, strings: 8 } as const

/** One attribute of a node. */
export type OnnxAttribute =
  | { readonly name: string; readonly kind: 'int'; readonly value: number }
  | { readonly name: string; readonly kind: 'text'; readonly value: string }
  | { readonly name: string; readonly kind: 'floats'; readonly values: ArrayLike<number> }
  | { readonly name: string; readonly kind: 'ints'; readonly values: Iterable<number> }
  | { readonly name: string; readonly kind: 'strings'; readonly values: Iterable<string> }

export function writeAttribute(into: ProtobufWriter, attribute: OnnxAttribute): void {
  into.textField(field.name, attribute.name)
  switch (attribute.kind) {
    case 'int':
      into.varintField(field.int, attribute.value)
      break
    case 'text':
      into.textField(field.text, attribute.value)
      break
    case 'floats':
      into.packedFloats(field.floats, attribute.values)
      break
    case 'ints':
      into.packedVarints(field.ints, attribute.values)
      break
    case 'strings':
      for (const value of attribute.values) into.textField(field.strings, value)
      break
  }
  into.varintField(field.type, type[attribute.kind])
}
