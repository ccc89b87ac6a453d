import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { SaleView } from '@baari/shared/contracts/live/station-view'
import { grams, kilogramText } from '@baari/shared/units/mass'
import type { SceneContext } from '../scene.ts'
import { boardNow, boardShows, letVehicleFill, positionIs, withSales } from './attendant.ts'
import type { Forecourt } from './forecourt.ts'
import type { Operator } from './operator.ts'

export type FillScene = {
  readonly context: SceneContext
  readonly kiosk: Page
  readonly forecourt: Forecourt
  readonly operator: Operator
}

export type WantedFill = {
  readonly position: number
  readonly wantsGrams: number
  /** Word for the pictures. */
  readonly name: string
}

const midFillGrams = 700

/**
 * A called vehicle drives up and is filled. The grams of the sale must be what the dispenser's
 * totaliser has moved by, on the kiosk's list and in the cloud's books.
 */
export async function fillAndProve(scene: FillScene, wanted: WantedFill): Promise<SaleView> {
  const { context, kiosk, forecourt, operator } = scene
  const { position, wantsGrams, name } = wanted
  const before = await forecourt.place(position)
  const known = new Set((await boardNow(kiosk)).sales.map(({ fill }) => fill))

  context.step(`the vehicle stands at ${position}; the attendant says so; the nozzle is lifted`)
  await forecourt.vehicleArrives(position, wantsGrams)
  await letVehicleFill(kiosk, position)
  await positionIs(kiosk, position, 'ready', 'authorised', 'filling')
  await forecourt.liftNozzle(position)
  await positionIs(kiosk, position, 'filling')
  await forecourt.hasFlowed(position, midFillGrams)
  await context.picture(kiosk, `kiosk-filling-by-${name}`)

  const full = await forecourt.hasFlowed(position, wantsGrams)
  await forecourt.hangUp(position)
  await forecourt.vehicleLeaves(position)
  const sale = await boardShows(
    kiosk,
    ({ sales }) => sales.find((each) => each.position === position && !known.has(each.fill)),
    `a sale at position ${position}`,
  )
  const after = await forecourt.place(position)
  const moved = after.totaliserGrams - before.totaliserGrams
  assert.equal(full.saleGrams, wantsGrams, 'the vehicle took what it had room for')
  assert.equal(sale.grams, moved, 'the sale on the kiosk is the totaliser difference')
  assert.equal(sale.grams, wantsGrams)
  assert.equal(sale.flag, 'none')
  await positionIs(kiosk, position, 'free')

  const inCloud = await operator.saleOf(sale.fill)
  assert.equal(inCloud.grams, moved, 'the sale in the cloud is the totaliser difference')
  assert.equal(inCloud.amountPaise, sale.amountPaise)
  await withSales(kiosk, async () => {
    const row = kiosk.locator(`[data-fill="${sale.fill}"]`)
    assert((await row.innerText()).includes(kilogramText(grams(moved), 3)))
    await context.picture(kiosk, `kiosk-sale-by-${name}`)
  })
  context.note(
    `totaliser ${before.totaliserGrams} -> ${after.totaliserGrams}: ${moved} g; ` +
      `kiosk ${sale.grams} g, cloud ${inCloud.grams} g, ${inCloud.amountPaise} paise`,
  )
  return sale
}
