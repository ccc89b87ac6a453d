/** The gauge is only read: functions that set anything are not spoken (hardware.md section 5.6). */
export type TlsRequest = {
  readonly kind: 'read'
  /** Three digits or capitals; 201 is the in-tank inventory. */
  readonly fn: string
  /** Two digits; 00 is every tank. */
  readonly tank: string
}

/** An IEEE 754 single as it stood on the wire. */
export type TlsFloat = {
  readonly hex: string
  /** Null for NaN and infinity: quality bad, never a number (M03). */
  readonly value: number | null
}

/** Order of the values in an inventory; a newer gauge may send more behind them. */
export const inventoryNames = [
  'volume',
  'compensatedVolume',
  'ullage',
  'height',
  'water',
  'temperature',
  'waterVolume',
] as const
export type InventoryName = (typeof inventoryNames)[number]

export type TankInventory = {
  readonly tank: string
  /** One character the station chose for the product. */
  readonly product: string
  /** Four hex digits. */
  readonly statusBits: string
  readonly values: readonly TlsFloat[]
}

export type TlsReply =
  | {
      readonly kind: 'inventory'
      readonly tank: string
      /** YYMMDDHHmm by the gauge's own clock, which has no zone. */
      readonly gaugeTime: string
      readonly tanks: readonly TankInventory[]
    }
  | {
      readonly kind: 'report'
      readonly fn: string
      readonly tank: string
      readonly gaugeTime: string
      /** What another function says, unread. */
      readonly body: string
    }
  /** `9999FF1B`: the gauge does not know the function, or its interface board forbids it. */
  | { readonly kind: 'unknown-command' }

/** The readings of one tank by name, in the gauge's own measures; null is quality bad. */
export function inventoryReadings(
  tank: TankInventory,
): Readonly<Record<InventoryName, number | null>> {
  const at = (name: InventoryName): number | null =>
    tank.values[inventoryNames.indexOf(name)]?.value ?? null
  return {
    volume: at('volume'),
    compensatedVolume: at('compensatedVolume'),
    ullage: at('ullage'),
    height: at('height'),
    water: at('water'),
    temperature: at('temperature'),
    waterVolume: at('waterVolume'),
  }
}

/** Eight hex digits as a single; null when they are not eight hex digits. */
export function tlsFloat(hex: string): TlsFloat | null {
  if (!/^[0-9A-F]{8}$/.test(hex)) return null
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, Number.parseInt(hex, 16))
  const value = view.getFloat32(0)
  return { hex, value: Number.isFinite(value) ? value : null }
}

/** The nearest single, as the gauge writes it. */
export function tlsFloatOf(value: number): TlsFloat {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  const hex = view.getUint32(0).toString(16).toUpperCase().padStart(8, '0')
  return { hex, value: Number.isFinite(value) ? view.getFloat32(0) : null }
}

/** 16-bit two's complement of the sum of all characters so far, four hex digits. */
export function tlsCheck(text: string): string {
  let sum = 0
  for (const char of text) sum += char.charCodeAt(0)
  return (-sum & 0xffff).toString(16).toUpperCase().padStart(4, '0')
}
