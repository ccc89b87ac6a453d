import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import { grams, kilogramText } from '@baari/shared/units/mass'
import { chromiumMissing, startBrowser } from '../browser.ts'
import { socatMissing, startLaneReader, type LaneReader } from '../devices/pty-pair.ts'
import { writeQrVideo } from '../devices/qr-video.ts'
import { readQrOnScreen } from '../devices/read-qr.ts'
import {
  boardShows,
  calledPosition,
  changeKioskLanguage,
  enterDetails,
  giveWalkInNumber,
  openShift,
  showQrToCamera,
  signInAttendant,
  typeCode,
} from '../people/attendant.ts'
import {
  addVehicle,
  bookFirstWindow,
  bookingOnPage,
  openStation,
  signInDriver,
} from '../people/driver.ts'
import { forecourtAt } from '../people/forecourt.ts'
import { signInOperator } from '../people/operator.ts'
import { fillAndProve, type FillScene } from '../people/prove-fill.ts'
import { startSceneWorld, type SceneWorld } from '../scene-world.ts'
import type { Scene, SceneContext } from '../scene.ts'
import { until } from '../until.ts'

const station = 42
const phoneNumber = '9825012345'
const plates = { scanner: 'GJ01AB1234', camera: 'GJ01CD5678', code: 'GJ01EF9012' } as const

/**
 * The issue that started it all: a booking made on a phone is shown at the lane in every way there
 * is, and the gas that flows is the gas that is sold, to the gram, on all screens.
 */
export const scene: Scene = {
  name: 'first-station',
  shows: 'booked on a phone, scanned at the lane, called, filled, sold to the gram on every screen',
  missing: () => chromiumMissing() ?? socatMissing(),
  async run(context) {
    context.step('the world starts; the reader of lane 1 is a serial line we hold the end of')
    const reader = await startLaneReader(context.folder)
    context.atEnd(() => reader.close())
    const at = await startSceneWorld(context, {
      flowGramsPerSecond: 600,
      // The page sells ten-minute windows from s-15 on, so the next one starts in 15 to 25 minutes;
      // a vehicle is admitted from s-20. This station is generous, so that every minute will do.
      station: { laneReaderPath: reader.devicePath, earlyGraceMin: 30 },
    })
    const phone = await phonePage(context, at)
    const bookings = await bookThree(context, phone, at)
    const video = join(context.folder, 'phone-before-camera.y4m')
    writeQrVideo(video, bookings.camera.token ?? '')
    const kiosk = await kioskPage(context, at, video)
    const fill: FillScene = {
      context,
      kiosk,
      forecourt: forecourtAt(at.controlUrl),
      operator: await signInOperator({
        cloudUrl: at.cloudUrl,
        station,
        ...at.world.secrets.operator,
      }),
    }
    await byScanner({ fill, phone, reader, booking: bookings.scanner })
    await byCamera(fill, bookings.camera)
    await byCode(fill, bookings.code)
    await byWalkIn(fill)
    await inHindi(context, phone, kiosk)
  },
}

async function phonePage(context: SceneContext, at: SceneWorld): Promise<Page> {
  const browser = await startBrowser({ width: 360, height: 780 })
  context.atEnd(() => browser.close())
  const page = browser.context.pages()[0] ?? (await browser.context.newPage())
  context.watch(page)
  await page.goto(at.cloudUrl)
  return page
}

type Bookings = { readonly [W in keyof typeof plates]: Booking }

async function bookThree(context: SceneContext, page: Page, at: SceneWorld): Promise<Bookings> {
  context.step('the driver chooses the station, gives a number and the code that was sent')
  await openStation(page, 'Vastrapur')
  await context.picture(page, 'phone-sign-in')
  await signInDriver({ page, number: phoneNumber, ...at })
  await page.locator('input[name=plate]').waitFor()
  await context.picture(page, 'phone-vehicle')

  context.step('the driver adds a vehicle and books the nearest window')
  await addVehicle(page, { classIndex: 0, plate: plates.scanner, retestValidUntil: '2028-12-31' })
  await page.locator('.window').first().waitFor()
  await context.picture(page, 'phone-windows')
  await bookFirstWindow(page)
  const scanner = await bookingOnPage(page)
  assert.equal(scanner.plate, plates.scanner)
  await context.picture(page, 'phone-ticket')
  assert.equal(await readQrOnScreen(page), scanner.token, 'the QR on the screen is the token')
  context.note(`the QR on the screen reads ${scanner.token?.slice(0, 28)}..., code ${scanner.code}`)

  await withoutNetwork(context, page, scanner)
  return {
    scanner,
    camera: await bookAnother(page, plates.camera),
    code: await bookAnother(page, plates.code),
  }
}

async function withoutNetwork(context: SceneContext, page: Page, booking: Booking): Promise<void> {
  context.step('the network goes, the page is loaded again: the ticket is still there')
  await page.evaluate('navigator.serviceWorker.ready.then(() => null)')
  await page.context().setOffline(true)
  await page.reload()
  await page.locator('.ticket .qr').waitFor()
  assert.equal(await readQrOnScreen(page), booking.token)
  await page.locator('.notice').waitFor()
  await context.picture(page, 'phone-ticket-without-network')
  await page.context().setOffline(false)
}

async function bookAnother(page: Page, plate: string): Promise<Booking> {
  await page.goto(new URL('/', page.url()).href)
  await openStation(page, 'Vastrapur')
  await page.locator('.chips .chip').last().click()
  await addVehicle(page, { classIndex: 0, plate, retestValidUntil: '2028-12-31' })
  await bookFirstWindow(page)
  const booking = await bookingOnPage(page)
  assert.equal(booking.plate, plate)
  return booking
}

async function kioskPage(context: SceneContext, at: SceneWorld, video: string): Promise<Page> {
  context.step('the attendant signs in by PIN and opens the shift')
  const browser = await startBrowser({ width: 1280, height: 720, cameraFile: video })
  context.atEnd(() => browser.close())
  const page = browser.context.pages()[0] ?? (await browser.context.newPage())
  context.watch(page)
  await page.goto(at.kioskUrl)
  const [attendant] = at.world.secrets.attendants
  assert(attendant)
  await page.locator('.people button').first().waitFor()
  await context.picture(page, 'kiosk-sign-in')
  await signInAttendant(page, attendant)
  await openShift(page, 500)
  await boardShows(page, (view) => view.link.up || undefined, 'the link to the cloud is up')
  await boardShows(
    page,
    (view) => view.positions.every(({ state }) => state === 'free') || undefined,
    'all positions are free',
  )
  await context.picture(page, 'kiosk-board')
  return page
}

type ByScanner = {
  readonly fill: FillScene
  readonly phone: Page
  readonly reader: LaneReader
  readonly booking: Booking
}

async function byScanner({ fill, phone, reader, booking }: ByScanner): Promise<void> {
  const { context, kiosk } = fill
  context.step('the QR is held before the reader of lane 1')
  await reader.show(booking.token ?? '')
  await until(() => /GREEN/i.test(reader.written()), { what: 'the reader is told: green' })
  context.note('bytes written to the reader: green')
  const position = await calledPosition(kiosk, booking.plate)
  await kiosk.locator('.scan-go').waitFor()
  await context.picture(kiosk, 'kiosk-scanned-and-called')
  const sale = await fillAndProve(fill, { position, wantsGrams: 3_805, name: 'scanner' })

  context.step('the ticket on the phone shows what was filled')
  await phone.goto(new URL(`/#/ticket/${booking.id}`, phone.url()).href)
  await phone.reload()
  await phone.locator('.ticket[data-state=completed]').waitFor()
  const told = await phone.locator('.sale').innerText()
  assert(told.includes(kilogramText(grams(sale.grams), 3)), `the ticket says "${told}"`)
  await context.picture(phone, 'phone-filled')
}

async function byCamera(fill: FillScene, booking: Booking): Promise<void> {
  const { context, kiosk } = fill
  context.step('the next phone is held before the camera of the kiosk')
  await showQrToCamera(kiosk)
  const position = await calledPosition(kiosk, booking.plate)
  await context.picture(kiosk, 'kiosk-read-by-camera')
  await fillAndProve(fill, { position, wantsGrams: 3_640, name: 'camera' })
}

async function byCode(fill: FillScene, booking: Booking): Promise<void> {
  const { context, kiosk } = fill
  context.step('a phone is dead: its nine digits are typed')
  await typeCode(kiosk, booking.code ?? '', () => context.picture(kiosk, 'kiosk-code'))
  const position = await calledPosition(kiosk, booking.plate)
  await fillAndProve(fill, { position, wantsGrams: 3_999, name: 'code' })
}

async function byWalkIn(fill: FillScene): Promise<void> {
  const { context, kiosk } = fill
  context.step('a vehicle comes without a booking and gets a number')
  const label = await giveWalkInNumber(kiosk, 0, () => context.picture(kiosk, 'kiosk-walk-in'))
  await enterDetails(kiosk, { plate: 'GJ05TT4321', retest: '31122028' })
  const position = await calledPosition(kiosk, 'GJ05TT4321')
  context.note(`${label} is called to position ${position}`)
  await fillAndProve(fill, { position, wantsGrams: 2_317, name: 'walk-in' })
}

async function inHindi(context: SceneContext, phone: Page, kiosk: Page): Promise<void> {
  context.step('the same screens in Hindi')
  await changeKioskLanguage(kiosk)
  await context.picture(kiosk, 'kiosk-board-hindi')
  await phone.locator('.top .link').last().click()
  await context.picture(phone, 'phone-filled-hindi')
  await phone.goto(new URL('/', phone.url()).href)
  // Three bookings have become three sales; none of them is a ticket any more.
  await phone.locator('.ticket-card').first().waitFor({ state: 'detached' })
  await phone.locator('main section .card').waitFor()
  await context.picture(phone, 'phone-home-hindi')
}
