const columns = `id TEXT PRIMARY KEY, station_no INTEGER NOT NULL, from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL, ended_at_ms INTEGER`

/** Times without gas, as head office declared them. */
export const supplyCutTable = `
CREATE TABLE supply_cut (${columns}) STRICT, WITHOUT ROWID;
CREATE TABLE supply_cut_staging (${columns}) STRICT, WITHOUT ROWID;
`
