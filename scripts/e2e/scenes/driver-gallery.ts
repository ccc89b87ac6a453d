import { chromiumMissing } from '../browser.ts'
import { takeDriverGallery } from '../gallery/driver-gallery.ts'
import { refuseFindings } from '../gallery/findings.ts'
import type { Scene } from '../scene.ts'

export const scene: Scene = {
  name: 'driver-gallery',
  shows: "the driver's page in every state, on four phones and in two languages",
  missing: chromiumMissing,
  async run(context) {
    refuseFindings(context, await takeDriverGallery('cloud/driver-web/dist', context))
  },
}
