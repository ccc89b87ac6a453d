import type { PositionView } from '@baari/shared/contracts/live/station-view'
import type { OutOfTurnTold } from '@baari/shared/domain/dispatch/out-of-turn'
import type { Translate } from '../i18n/translate.ts'
import { unbroken } from './texts.ts'

/** What a manager told: the words where there are any, else the code's own. */
export function toldText({ reason, note }: OutOfTurnTold, t: Translate): string {
  const code = t(`outOfTurn.reasons.${reason}`)
  if (note === null) return code
  return reason === 'other' ? note : `${code} (${note})`
}

/** The call out of turn that is due at a position: to it, or behind the fill that runs there. */
export function outOfTurnLine(
  { fill, reason, staged, stagedReason }: PositionView,
  t: Translate,
): string | undefined {
  if (fill === null && reason?.outOfTurn)
    return t('outOfTurn.told', { reason: toldText(reason.outOfTurn, t) })
  if (staged && stagedReason?.outOfTurn)
    return t('outOfTurn.staged', { label: unbroken(staged.label) })
  return undefined
}
