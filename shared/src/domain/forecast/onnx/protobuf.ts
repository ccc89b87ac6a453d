/**
 * Writes protobuf messages (wire format of proto2 and proto3): a buffer that grows, fields in the
 * order they are given. Only what ONNX models need.
 */
export class ProtobufWriter {
  private bytes = new Uint8Array(1_024)
  private view = new DataView(this.bytes.buffer)
  private length = 0

  /** A copy of what was written. */
  done(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  varintField(field: number, value: number): void {
    this.tag(field, 0)
    this.varint(value)
  }

  floatField(field: number, value: number): void {
    this.tag(field, 5)
    this.float(value)
  }

  bytesField(field: number, bytes: Uint8Array): void {
    this.tag(field, 2)
    this.varint(bytes.length)
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  textField(field: number, text: string): void {
    this.bytesField(field, new TextEncoder().encode(text))
  }

  /** Whole numbers that are not negative, packed. */
  packedVarints(field: number, values: Iterable<number>): void {
    const inner = new ProtobufWriter()
    for (const value of values) inner.varint(value)
    this.bytesField(field, inner.bytes.subarray(0, inner.length))
  }

  packedFloats(field: number, values: ArrayLike<number>): void {
    this.tag(field, 2)
    this.varint(4 * values.length)
    for (let at = 0; at < values.length; at += 1) this.float(values[at]!)
  }

  message(field: number, write: (inner: ProtobufWriter) => void): void {
    const inner = new ProtobufWriter()
    write(inner)
    this.bytesField(field, inner.bytes.subarray(0, inner.length))
  }

  private tag(field: number, wire: number): void {
    this.varint(field * 8 + wire)
  }

  private varint(value: number): void {
    this.reserve(10)
    let rest = value
    while (rest >= 128) {
      this.bytes[this.length] = (rest % 128) + 128
      this.length += 1
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.length] = rest
    this.length += 1
  }

  private float(value: number): void {
    this.reserve(4)
    this.view.setFloat32(this.length, value, true)
    this.length += 4
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more))
    grown.set(this.bytes)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }
}
