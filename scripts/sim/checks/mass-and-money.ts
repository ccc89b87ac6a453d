import type { MemoryTables } from '@baari/cloud/adapters/memory/memory-database'
import { amountFor, paisePerKg } from '@baari/shared/units/money'
import { grams } from '@baari/shared/units/mass'
import type { SimCloud } from '../world/sim-cloud.ts'
import type { Station } from '../world/station.ts'
import type { WorldParts } from '../world/world-parts.ts'

type NozzleSums = {
  readonly position: number
  readonly installed: number
  readonly settled: number
  readonly orphan: number
  readonly disputed: number
}

type FillSum = {
  readonly id: string
  readonly state: string
  readonly grams: number
  readonly amount: number
  readonly price: number
}

/** Every gram and every paisa once: dispensers, station and cloud tell the same sums. */
export function checkMassAndMoney(world: WorldParts, cloud: SimCloud, station: Station): void {
  const nozzles = station.look((db) =>
    db
      .prepare<[], NozzleSums>(
        `SELECT position, installed_grams AS installed, settled_grams AS settled,
           orphan_grams AS orphan, disputed_grams AS disputed FROM nozzle`,
      )
      .all(),
  )
  for (const nozzle of nozzles) checkNozzle(world, station, nozzle)
  if (nozzles.length !== station.nozzles.size) {
    world.violation('every nozzle has books', `${station.name}: ${nozzles.length}`)
  }
  const fills = station.look((db) =>
    db
      .prepare<[], FillSum>(
        `SELECT id, state, delivered_grams AS grams, amount_paise AS amount,
           price_paise_per_kg AS price FROM fill WHERE ended_at_ms IS NOT NULL`,
      )
      .all(),
  )
  checkSales(world, cloud, { station, fills })
  checkPayments(world, cloud, station)
}

function checkNozzle(
  world: WorldParts,
  station: Station,
  { position, installed, settled, orphan, disputed }: NozzleSums,
): void {
  const head = [...station.nozzles].find(([no]) => no === position)?.[1]
  if (head === undefined) return
  const witnessed = head.totaliserGrams() - head.openedGrams
  const booked = settled + orphan + disputed
  const from = installed - head.openedGrams
  if (from < 0 || booked !== witnessed - from) {
    const sums = `settled ${settled} + orphan ${orphan} + disputed ${disputed} g`
    const detail = `${station.name} position ${position}: ${sums}, the head ${witnessed - from} g`
    world.violation('every gram is counted once', detail)
  }
}

type Sold = { readonly station: Station; readonly fills: readonly FillSum[] }

function checkSales(world: WorldParts, cloud: SimCloud, { station, fills }: Sold): void {
  const { tables } = cloud.stores.db
  const settled = fills.filter(({ state }) => state === 'settled')
  const sales = new Map(
    [...tables.sale.values()]
      .filter((row) => row.station === station.no)
      .map((row) => [row.fill, row]),
  )
  for (const fill of settled) {
    const sale = sales.get(fill.id)
    sales.delete(fill.id)
    const due = amountFor(grams(fill.grams), paisePerKg(fill.price))
    if (due !== fill.amount) {
      world.violation('every paisa is counted once', `${fill.id}: ${fill.amount}, due ${due}`)
    }
    if (sale?.grams !== fill.grams || sale.amountPaise !== fill.amount) {
      const told = sale === undefined ? 'nothing' : `${sale.grams} g, ${sale.amountPaise} paise`
      const own = `${fill.grams} g, ${fill.amount} paise`
      world.violation('the cloud has every sale once', `${fill.id}: ${own}; cloud ${told}`)
    }
  }
  for (const [fill] of sales) {
    world.violation('the cloud has every sale once', `${fill} is no sale of ${station.name}`)
  }
  checkRest(world, station, { tables, fills })
}

/** Gas without a sale: orphans and disputes, as sums. */
function checkRest(
  world: WorldParts,
  station: Station,
  { tables, fills }: { readonly tables: MemoryTables; readonly fills: readonly FillSum[] },
): void {
  for (const [state, kind] of [
    ['orphan', 'fill.orphan'],
    ['dispute', 'fill.disputed'],
  ] as const) {
    const own = fills.filter((fill) => fill.state === state)
    const here = own.reduce((sum, fill) => sum + fill.grams, 0)
    let there = 0
    for (const fact of tables.fact.values()) {
      if (fact.station !== station.no || fact.kind !== kind) continue
      there += Number((fact.body as Record<string, unknown>)['grams'])
    }
    if (here !== there) {
      const detail = `${station.name} ${state}: ${here} g, the cloud ${there} g`
      world.violation('gas without a sale is told once', detail)
    }
  }
}

function checkPayments(world: WorldParts, cloud: SimCloud, station: Station): void {
  const rows = station.look((db) =>
    db
      .prepare<[], { fill: string; amount: number; n: number }>(
        'SELECT fill, sum(amount_paise) AS amount, count(*) AS n FROM fill_payment GROUP BY fill',
      )
      .all(),
  )
  for (const { fill, amount, n } of rows) {
    const told = cloud.stores.db.tables.paid.get(fill)
    const there = Number((told?.body as Record<string, unknown> | undefined)?.['amountPaise'])
    if (n !== 1) world.violation('a fill is paid once', `${fill}: ${n} payments`)
    if (there !== amount) {
      world.violation('the cloud has every payment', `${fill}: ${amount}, cloud ${there}`)
    }
  }
}
