/**
 * Forecast models of the fleet with what was found out about them, the orders that put one in service,
 * and the trainings that were asked for. A model's row keeps the bytes that stations are given.
 */
export const forecastModels = /* sql */ `
CREATE TABLE forecast_model (
  version int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('rejected', 'shadow', 'in_service', 'retired')),
  manifest jsonb NOT NULL,
  model bytea NOT NULL,
  golden bytea NOT NULL,
  verdict jsonb NOT NULL,
  trained_at_ms bigint NOT NULL,
  -- The canonical text and its signature, from the promotion on.
  text text,
  signature bytea,
  CHECK ((text IS NULL) = (signature IS NULL)),
  CHECK (state <> 'in_service' OR text IS NOT NULL)
);
CREATE UNIQUE INDEX forecast_model_in_service ON forecast_model ((true)) WHERE state = 'in_service';

-- Append-only: who put which model in service, signed by the cloud.
CREATE TABLE forecast_order (
  no int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('promote', 'roll_back')),
  version int NOT NULL REFERENCES forecast_model,
  replaces int REFERENCES forecast_model,
  by text NOT NULL,
  at_ms bigint NOT NULL,
  body text NOT NULL,
  signature bytea NOT NULL
);

CREATE TABLE forecast_training (
  id uuid PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  asked_by text NOT NULL,
  asked_at_ms bigint NOT NULL,
  started_at_ms bigint,
  ended_at_ms bigint,
  steps_done int NOT NULL DEFAULT 0,
  steps int NOT NULL DEFAULT 0,
  -- Version of the model, or why there is none.
  version int REFERENCES forecast_model,
  reason text
);
CREATE UNIQUE INDEX forecast_training_open ON forecast_training ((true))
  WHERE state IN ('waiting', 'running');
`
