/**
 * Codes of the carrier that no further try changes (integrations.md section 4): 21211 and 21614 no
 * mobile number, 21610 opted out, 21602 and 21617 a text it takes never.
 */
const lasting: ReadonlySet<string> = new Set(['21211', '21614', '21610', '21602', '21617'])

/** True where the carrier would refuse the message again; everything else is tried again, bounded. */
export const isLasting = (code: string): boolean => lasting.has(code)
