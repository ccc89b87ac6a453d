/**
 * What the first raise of an open alarm said. A restarted node reads from it why the station was
 * stopped: an all-stop that nobody has reset goes on holding.
 */
export const alarmDetail = `
ALTER TABLE open_alarm ADD COLUMN detail TEXT NOT NULL DEFAULT '';
`
