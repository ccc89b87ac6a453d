import { millis } from '@baari/shared/units/time'

/** Commands that may share one commit: enough to amortise an fsync, few enough to answer soon. */
export const batchMax = 200

/** Commands that may wait; the next is refused, because a longer queue only hides a sick disk. */
export const waitingMax = 1000

/** Without an answer for this long the thread is given up: a disk that hangs is a failed disk. */
export const answerDeadline = millis(30_000)
