import { cancelBooking } from '@baari/cloud/app/bookings/cancel-booking'
import { confirmHold } from '@baari/cloud/app/bookings/confirm-hold'
import { makeBooking, type BookingWish } from '@baari/cloud/app/bookings/make-booking'
import type { IdSource } from '@baari/shared/runtime/chance'
import { grams } from '@baari/shared/units/mass'
import { stationNo } from '@baari/shared/units/names'
import { dayNumber, instant } from '@baari/shared/units/time'
import { between } from './chance.ts'
import { worldStartMs } from './clocks.ts'
import { CrashBeforeCommit, type SimCloud } from './sim-cloud.ts'
import type { BookingPlan, Vehicle } from './vehicles.ts'
import type { WorldParts } from './world-parts.ts'

export const goodRetest = dayNumber(21_500)

/** What drivers do with their phones: they book, ask again, confirm and cancel in the cloud. */
export class Drivers {
  readonly #world: WorldParts
  readonly #cloud: SimCloud
  readonly #prng
  readonly #ids: IdSource

  constructor(world: WorldParts, cloud: SimCloud) {
    this.#world = world
    this.#cloud = cloud
    this.#prng = world.prng('drivers')
    this.#ids = world.ids('drivers')
  }

  expect(vehicle: Vehicle): void {
    const plan = vehicle.plan.booking
    if (plan === null) return
    const wish = this.#wishOf(vehicle, plan)
    this.#later('books', plan.madeAt, () => this.#book(vehicle, { plan, wish }))
  }

  #wishOf({ plan: { id, station, plate, vehicleClass, grams: mass } }: Vehicle, plan: BookingPlan) {
    const driver = this.#ids.uuid()
    const wish: BookingWish = {
      station: stationNo(station),
      windowStart: instant(worldStartMs + plan.windowAt),
      grams: grams(mass),
      driver,
      vehicle: { id: `v${id}`, plate, vehicleClass, nozzle: 'ngv1', retestDay: goodRetest },
      channel: 'app',
      hold: plan.hold,
      requestKey: this.#ids.uuid(),
    }
    return wish
  }

  async #book(
    vehicle: Vehicle,
    { plan, wish }: { readonly plan: BookingPlan; readonly wish: BookingWish },
  ): Promise<void> {
    const { timeline, trace, violation } = this.#world
    const again = (): void =>
      this.#later('books', timeline.now() + between(this.#prng, 20_000, 300_000), () =>
        this.#book(vehicle, { plan, wish }),
      )
    if (vehicle.at !== 'road') return
    const made = await this.#ask(() => makeBooking(this.#cloud.sale, wish))
    if (made === undefined) return again()
    if (!made.ok) return trace(`v${vehicle.plan.id}`, `is refused a window: ${made.error.code}`)
    const twin = plan.asksTwice
      ? await this.#ask(() => makeBooking(this.#cloud.sale, wish))
      : undefined
    if (twin?.ok === true && twin.value.id !== made.value.id) {
      violation('one request is one booking', `${made.value.id} and ${twin.value.id}`)
    }
    vehicle.booking = made.value
    trace(`v${vehicle.plan.id}`, `has booking ${made.value.id} at s${vehicle.plan.station}`)
    const { cancelsAt } = plan
    if (plan.hold) {
      this.#later('confirms', timeline.now() + between(this.#prng, 30_000, 720_000), () =>
        this.#confirm(vehicle),
      )
    }
    if (cancelsAt !== null) this.#later('cancels', cancelsAt, () => this.#cancel(vehicle))
  }

  async #confirm(vehicle: Vehicle): Promise<void> {
    const { booking } = vehicle
    if (booking?.driver === undefined) return
    const own = { id: booking.id, driver: booking.driver }
    const confirmed = await this.#ask(() => confirmHold(this.#cloud.sale, own))
    if (confirmed?.ok === true) vehicle.booking = confirmed.value
  }

  async #cancel(vehicle: Vehicle): Promise<void> {
    const { booking } = vehicle
    if (booking?.driver === undefined) return
    const own = { id: booking.id, driver: booking.driver }
    const asked = await this.#ask(() => cancelBooking({ book: this.#cloud.sale.book }, own))
    const word = asked?.ok === true ? asked.value.state : (asked?.error.code ?? 'no answer')
    this.#world.trace(`v${vehicle.plan.id}`, `cancels ${booking.id}: ${word}`)
  }

  /** Undefined when the cloud is away or dies while it is asked. */
  async #ask<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (!this.#cloud.up) return undefined
    try {
      return await act()
    } catch (error) {
      if (error instanceof CrashBeforeCommit) return undefined
      throw error
    }
  }

  #later(what: string, at: number, act: () => Promise<void>): void {
    const { timeline, violation } = this.#world
    timeline.after(`driver ${what}`, at - timeline.now(), () => {
      act().catch((error: unknown) => violation(`a driver ${what}`, String(error)))
    })
  }
}
