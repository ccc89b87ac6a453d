import { chromiumMissing } from '../browser.ts'
import { takeBoardGallery } from '../gallery/board-gallery.ts'
import { refuseFindings } from '../gallery/findings.ts'
import { takeKioskGallery } from '../gallery/kiosk-gallery.ts'
import { takeLaneGallery } from '../gallery/lane-gallery.ts'
import type { Scene } from '../scene.ts'

export const scene: Scene = {
  name: 'kiosk-gallery',
  shows:
    'kiosk, board and lanes in states a real station is seldom in, in two languages and four sizes',
  missing: chromiumMissing,
  async run(context) {
    const dist = 'edge/kiosk/dist'
    const kiosk = await takeKioskGallery(dist, context)
    const board = await takeBoardGallery(dist, context)
    refuseFindings(context, [...kiosk, ...board, ...(await takeLaneGallery(dist, context))])
  },
}
