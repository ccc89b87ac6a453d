import { record, type Rule } from './rule.ts'

/**
 * Ops beside the ledger tell what is the case and ask for nothing: each becomes its row. They are
 * kept under their own place, so that one that comes twice is one row.
 */
export const alarmRaised: Rule<'alarm.raised'> = (op) => ({ effects: [record(op, null)] })

export const alarmCleared: Rule<'alarm.cleared'> = (op) => ({ effects: [record(op, null)] })

export const stateSet: Rule<'state.set'> = (op) => ({ effects: [record(op, null)] })

export const reading: Rule<'reading'> = (op) => ({ effects: [record(op, null)] })

/** A vehicle drove off past an exit scanner; the bytes of the op are the record. */
export const gateExited: Rule<'gate.exited'> = () => ({ effects: [] })
