import { chromiumMissing } from '../browser.ts'
import { refuseFindings } from '../gallery/findings.ts'
import { takeKioskGallery } from '../gallery/kiosk-gallery.ts'
import type { Scene } from '../scene.ts'

export const scene: Scene = {
  name: 'kiosk-gallery',
  shows: 'the kiosk in states a real station is seldom in, in two languages and four sizes',
  missing: chromiumMissing,
  async run(context) {
    refuseFindings(context, await takeKioskGallery('edge/kiosk/dist', context))
  },
}
