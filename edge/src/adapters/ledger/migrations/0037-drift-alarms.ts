/** Alarms about the forecast model in use that were told and not taken back. */
export const driftAlarmTable = `
CREATE TABLE drift_alarm (
  kind TEXT PRIMARY KEY,
  version INTEGER NOT NULL CHECK (version >= 1),
  since_day INTEGER NOT NULL
) STRICT;
`
