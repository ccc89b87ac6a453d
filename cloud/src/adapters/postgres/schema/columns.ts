import { bigint, customType } from 'drizzle-orm/pg-core'

/** int8 as a JavaScript number: grams, paise and milliseconds stay far below 2^53. */
export const int8 = (name: string) => bigint(name, { mode: 'number' })

/** Bytes as a Buffer, which node-postgres reads and writes directly. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => 'bytea',
})
