import { minutes } from '@baari/shared/units/time'

/** How far back wrong tags count on a lane. */
export const laneLockSpan = minutes(10)
const wrongOnLane = 5
const wrongInDay = 20

export type WrongTags = { readonly wrongTagsOnLane: number; readonly wrongTagsToday: number }

/**
 * Whether a further unsynced code needs the manager's PIN (architecture.md, Tokens): a tag has
 * four digits, so guessing must be slow. Typing errors fail the check digit and never come here.
 */
export function codesLocked({ wrongTagsOnLane, wrongTagsToday }: WrongTags): boolean {
  return wrongTagsOnLane >= wrongOnLane || wrongTagsToday >= wrongInDay
}
