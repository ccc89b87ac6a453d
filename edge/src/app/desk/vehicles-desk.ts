import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { refusal } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import type { Photos } from '../../ports/photos.ts'
import type { Vehicles } from '../../ports/station-desk.ts'
import { runOnce } from '../request/run-once.ts'
import { photoOf } from '../vehicle/photo-of.ts'
import type { DeskLedger } from './desk-commands.ts'
import { managerUnlocks, type CheckPin } from './people-desk.ts'

export type VehiclesDeskParts = {
  readonly ledger: DeskLedger
  readonly checkPin: CheckPin
  readonly photos: Photos
}

/**
 * Corrections of what was typed. The photo is on the disk before the fact that names its hash;
 * one whose fact was refused stays as a file that nothing names, within the bound of all photos.
 */
export function vehiclesDesk({ ledger, checkPin, photos }: VehiclesDeskParts): Vehicles {
  return {
    async correct({ plate: text, retestValidUntil, managerPin: pin, photoBase64 }, by) {
      const plate = normalisePlate(text)
      if (!plate.ok) return plate
      const retestDay = dayOfIsoDate(retestValidUntil)
      if (retestDay === undefined) return err(refusal('retest_missing'))
      const photo = photoOf(photoBase64)
      if (!photo.ok) return photo
      const manager = await managerUnlocks({ ledger, checkPin }, { pin, typedBy: by.attendant })
      if (!manager.ok) return manager
      const kept = await photos.keep(photo.value)
      if (!kept.ok) return kept
      const photoSha256 = kept.value
      const input = { plate: plate.value, retestDay, by: manager.value, photoSha256 }
      const once = await runOnce(ledger, by.request, { command: 'vehicle.correct', input })
      if (!once.ok) return once
      const { answer } = once.value
      return answer.ok ? ok({ plate: answer.value.plate, retestValidUntil, photoSha256 }) : answer
    },
  }
}
