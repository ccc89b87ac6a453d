import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { registersOf, registerTypes, wordOrders } from '../../protocols/modbus/registers.ts'
import { dispenserStates } from '../../ports/dispenser.ts'

export const blockNames = ['live', 'sale', 'totals', 'outcome', 'identity'] as const
export type BlockName = (typeof blockNames)[number]

/** What the driver understands; a map says where it lies. A name ends in its unit. */
export const fieldNames = [
  'stateCode',
  'flags',
  'bootEpoch',
  'saleSequence',
  'saleGrams',
  'totaliserGrams',
  'flowGramsPerSecond',
  'densityKgPerM3',
  'temperatureCelsius',
  'totalsGrams',
  'lastSequence',
  'lastBootEpoch',
  'lastGrams',
  'lastOpeningGrams',
  'lastPricePaisePerKg',
  'protocolVersion',
  'widthGrams',
] as const
export type FieldName = (typeof fieldNames)[number]

const register = z.int().min(0).max(65_535)
/** Three lengths of one question, so that a late reply can be told from a new one. */
const threeCounts = z.tuple([
  z.int().min(1).max(125),
  z.int().min(1).max(125),
  z.int().min(1).max(125),
])

const fieldSchema = z.strictObject({
  block: z.enum(blockNames),
  /** Register within the block, from 0. */
  at: z.int().min(0).max(124),
  type: z.enum(registerTypes),
  /** Makes whole grams of the device's counts; absent for what is no mass. */
  gramsPerCount: z.number().positive().optional(),
})

const commandSchema = z.strictObject({
  start: register,
  counts: threeCounts,
  /** Of a stop, which needs no limit and no price and must be over soon; `counts` when absent. */
  stopCounts: threeCounts.optional(),
  codes: z.strictObject({
    authorise: z.int(),
    stop: z.int(),
    suspend: z.int(),
    resume: z.int(),
    close: z.int(),
    price: z.int(),
  }),
  accepted: z.int(),
  refusals: z.record(z.string(), z.string()),
})
export type CommandSpec = z.infer<typeof commandSchema>

export const registerMapSchema = z
  .strictObject({
    name: z.string(),
    /** Checked against the device's manual and the device itself. */
    verified: z.boolean(),
    readFunction: z.literal([3, 4]),
    order: z.enum(wordOrders),
    blocks: z.partialRecord(
      z.enum(blockNames),
      z.strictObject({ start: register, counts: threeCounts }),
    ),
    fields: z.partialRecord(z.enum(fieldNames), fieldSchema),
    /** The totaliser runs from 0 to one less than this. */
    widthGrams: z.int().positive(),
    states: z.record(z.string(), z.enum(dispenserStates)).optional(),
    /** Bit of `flags` that says the nozzle is out. */
    nozzleOutFlag: z.int().optional(),
    command: commandSchema.optional(),
    /** A field of known magnitude that unmasks a wrong word order or register base (M01, M02). */
    check: z
      .strictObject({ field: z.enum(fieldNames), min: z.number(), max: z.number() })
      .optional(),
  })
  .superRefine((map, context) => {
    for (const [name, field] of Object.entries(map.fields)) {
      const block = map.blocks[field.block]
      const end = field.at + registersOf(field.type)
      if (block === undefined || Math.min(...block.counts) < end) {
        context.addIssue({
          code: 'custom',
          message: `${name} lies outside its block`,
          path: ['fields', name],
        })
      }
    }
    for (const [name, block] of Object.entries(map.blocks)) {
      if (new Set(block.counts).size !== 3) {
        context.addIssue({
          code: 'custom',
          message: 'the three lengths must differ',
          path: ['blocks', name],
        })
      }
    }
    if (map.fields.totalsGrams === undefined) {
      context.addIssue({
        code: 'custom',
        message: 'a map without a totaliser is no meter',
        path: ['fields'],
      })
    }
  })
export type RegisterMap = z.infer<typeof registerMapSchema>

export const mapNames = ['baari-dispenser', 'micromotion-mvd', 'eh-promass'] as const
export type MapName = (typeof mapNames)[number]

/** A map shipped with the driver. Read at start, from beside this file. */
export function shippedMap(name: MapName): RegisterMap {
  const text = readFileSync(new URL(`./maps/${name}.json`, import.meta.url), 'utf8')
  return registerMapSchema.parse(JSON.parse(text))
}

/** Whether the total is fit to settle by: a float32 loses grams above 16 t (hardware.md section 1.4). */
export function totalIsExact(map: RegisterMap): boolean {
  return map.fields.totalsGrams !== undefined && map.fields.totalsGrams.type !== 'float32'
}
