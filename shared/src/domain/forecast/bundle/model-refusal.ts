import type { CodeText } from '../../../faults/code-text.ts'

const operator = 'A new forecast model was not taken. The station goes on with the last one.'

/** Why a bundle is not taken, in the order in which it is asked. */
export const modelRefusals = {
  model_manifest_unreadable: {
    operator,
    technician: 'manifest.json is not canonical JSON of the manifest schema.',
  },
  model_key_unknown: {
    operator,
    technician: 'keyId of the manifest is not a cloud key of the key set, or is out of its time.',
  },
  model_signature_wrong: {
    operator,
    technician: 'The Ed25519 signature does not fit the canonical manifest.',
  },
  model_file_altered: {
    operator,
    technician: 'SHA-256 of model.onnx or golden.json differs from the manifest.',
  },
  model_of_another_station: {
    operator,
    technician: 'stationScope of the manifest does not name this station.',
  },
  model_expired: { operator, technician: 'notAfter of the manifest is past.' },
  model_version_old: {
    operator,
    technician: 'Version not above the one in use, and no signed rollback order names it.',
  },
  model_too_large: {
    operator,
    technician: 'A file, the graph or its trees pass the limits of the station.',
  },
  model_unreadable: {
    operator,
    technician: 'model.onnx or golden.json is not what its format says, or trees lead nowhere.',
  },
  model_operator_unknown: {
    operator,
    technician: 'The graph has an operator, function or sub-graph that is not on the list.',
  },
  model_data_elsewhere: { operator, technician: 'A tensor of the model lies in another file.' },
  model_opset_unknown: {
    operator,
    technician: 'Operator sets or IR version are newer than the station runs, or minRuntime is.',
  },
  model_features_differ: {
    operator,
    technician: 'The features of the model are not those this build makes.',
  },
  model_answers_differ: {
    operator,
    technician: 'The golden rows are not answered within 2e-3 + 1e-4·|value|.',
  },
} as const satisfies Record<string, CodeText>

export type ModelRefusalCode = keyof typeof modelRefusals

export type ModelRefusal = { readonly code: ModelRefusalCode; readonly detail: string }
