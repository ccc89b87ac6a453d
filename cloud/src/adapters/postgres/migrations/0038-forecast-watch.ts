/**
 * What became of each day's forecast, the alarms that were told about a model, the days nobody may
 * be judged by, and what is kept with a model beside its bytes.
 */
export const forecastWatch = /* sql */ `
ALTER TABLE forecast_model ADD COLUMN notes jsonb;

-- A day of a station as it was forecast so many days before, and what came; the newest look counts.
CREATE TABLE forecast_day (
  station_no int NOT NULL REFERENCES station,
  target text NOT NULL CHECK (target IN ('walkInWork', 'arrivals', 'kilograms')),
  day int NOT NULL,
  lead int NOT NULL CHECK (lead BETWEEN 1 AND 7),
  -- Null: no model answered.
  version int REFERENCES forecast_model,
  basis text NOT NULL,
  -- Mean, q10, q50 and q90 of each quarter hour.
  bands jsonb NOT NULL,
  quarters int NOT NULL CHECK (quarters BETWEEN 0 AND 96),
  came double precision NOT NULL,
  error double precision NOT NULL,
  naive_error double precision NOT NULL,
  inside int NOT NULL CHECK (inside BETWEEN 0 AND quarters),
  PRIMARY KEY (station_no, target, day, lead)
);
CREATE INDEX forecast_day_by_day ON forecast_day (day);

-- One look a day; one that lost its process is taken up again.
CREATE TABLE forecast_look (
  day int PRIMARY KEY,
  started_at_ms bigint NOT NULL,
  ended_at_ms bigint
);

-- Told once and kept: station 0 is the model as a whole.
CREATE TABLE forecast_alarm (
  no int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  station_no int NOT NULL CHECK (station_no >= 0),
  version int NOT NULL REFERENCES forecast_model,
  kind text NOT NULL,
  since_day int NOT NULL,
  opened_at_ms bigint NOT NULL,
  closed_at_ms bigint
);
CREATE UNIQUE INDEX forecast_alarm_open ON forecast_alarm (station_no, version, kind)
  WHERE closed_at_ms IS NULL;

-- Holiday week, storm: station 0 is everywhere. Supply cuts are read where they are kept.
CREATE TABLE forecast_event_day (
  station_no int NOT NULL CHECK (station_no >= 0),
  day int NOT NULL,
  note text NOT NULL,
  by text NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, day)
);
`
