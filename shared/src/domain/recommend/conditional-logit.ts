import { caseSoftmax } from './case-softmax.ts'
import { cholesky, solveWith } from './cholesky.ts'
import { casesOf, type ChoiceTable } from './choice-table.ts'
import type { LogitDesign } from './logit-design.ts'

export type LogitRules = {
  /** Weight of the prior, in observations of a standardised term. */
  readonly ridge: number
  /** Coefficients when nothing has been observed: the weighted score. */
  readonly prior: Float64Array
  /** How much each case counts; each counts one where nothing is said. */
  readonly caseWeight?: Float64Array
}

const stepsMax = 30

/**
 * Conditional logit by Newton's method; the penalty pulls towards the prior, so that without
 * observations the weighted score remains.
 */
export function fitLogit(design: LogitDesign, table: ChoiceTable, rules: LogitRules): Float64Array {
  let weights: Float64Array = rules.prior.slice()
  let loss = penalised({ design, table, weights }, rules)
  for (let step = 0; step < stepsMax; step += 1) {
    const { gradient, hessian } = penalisedSlopes({ design, table, weights }, rules)
    const move = solveWith(cholesky(hessian, weights.length), gradient)
    const next = lower({ design, table, weights }, { move, loss, rules })
    if (next === undefined || loss - next.loss < 1e-9 * Math.abs(loss)) break
    weights = next.weights
    loss = next.loss
  }
  return weights
}

/**
 * Precision of the coefficients at the optimum (Laplace's approximation of their posterior), row-major:
 * its inverse is their covariance. Without observations it is that of the prior.
 */
export function logitPrecision(at: SlopesOf, rules: LogitRules): Float64Array {
  return penalisedSlopes(at, rules).hessian
}

function penalisedSlopes(at: SlopesOf, { ridge, prior, caseWeight }: LogitRules): Slopes {
  const { gradient, hessian } = slopes(at, caseWeight)
  const width = at.weights.length
  for (let term = 0; term < width; term += 1) {
    gradient[term] = gradient[term]! + ridge * (at.weights[term]! - prior[term]!)
    const place = term * width + term
    hessian[place] = hessian[place]! + ridge + 1e-9
  }
  return { gradient, hessian }
}

/** Newton's step, halved until it lowers the loss: far from the optimum the whole step overshoots. */
function lower(
  at: SlopesOf,
  {
    move,
    loss,
    rules,
  }: { readonly move: Float64Array; readonly loss: number; readonly rules: LogitRules },
): { readonly weights: Float64Array; readonly loss: number } | undefined {
  for (let part = 1; part > 1e-4; part /= 2) {
    const weights = at.weights.map((weight, term) => weight - part * move[term]!)
    const here = penalised({ ...at, weights }, rules)
    if (here < loss) return { weights, loss: here }
  }
  return undefined
}

/** Negative log-likelihood of the choices, with the penalty. */
function penalised(
  { design, table, weights }: SlopesOf,
  { ridge, prior, caseWeight }: LogitRules,
): number {
  const chance = caseSoftmax(table, utilities(design, weights))
  let loss = 0
  for (let one = 0; one < casesOf(table); one += 1) {
    const counts = caseWeight?.[one] ?? 1
    for (let row = table.caseStart[one]!; row < table.caseStart[one + 1]!; row += 1) {
      if (table.chosen[row] === 1) loss -= counts * Math.log(Math.max(1e-300, chance[row]!))
    }
  }
  weights.forEach((weight, term) => {
    loss += (ridge / 2) * (weight - prior[term]!) ** 2
  })
  return loss
}

export function utilities({ names, rows }: LogitDesign, weights: Float64Array): Float64Array {
  const width = names.length
  const out = new Float64Array(rows.length / Math.max(1, width))
  for (let row = 0; row < out.length; row += 1) {
    let sum = 0
    for (let term = 0; term < width; term += 1) sum += rows[row * width + term]! * weights[term]!
    out[row] = sum
  }
  return out
}

export type SlopesOf = {
  readonly design: LogitDesign
  readonly table: ChoiceTable
  readonly weights: Float64Array
}

type Slopes = { readonly gradient: Float64Array; readonly hessian: Float64Array }

/** Gradient and curvature of the negative log-likelihood. */
function slopes(
  { design, table, weights }: SlopesOf,
  caseWeight: Float64Array | undefined,
): Slopes {
  const width = design.names.length
  const chance = caseSoftmax(table, utilities(design, weights))
  const gradient = new Float64Array(width)
  const hessian = new Float64Array(width * width)
  const mean = new Float64Array(width)
  for (let one = 0; one < casesOf(table); one += 1) {
    const from = table.caseStart[one]!
    const to = table.caseStart[one + 1]!
    const counts = caseWeight?.[one] ?? 1
    mean.fill(0)
    for (let row = from; row < to; row += 1) {
      addRow(mean, design.rows.subarray(row * width, (row + 1) * width), chance[row]!)
    }
    for (let row = from; row < to; row += 1) {
      if (table.available[row] !== 1) continue
      const terms = design.rows.subarray(row * width, (row + 1) * width)
      addRow(gradient, terms, counts * (chance[row]! - table.chosen[row]!))
      addSquare(hessian, { terms, mean, weight: counts * chance[row]! })
    }
  }
  for (let a = 0; a < width; a += 1) {
    for (let b = 0; b < a; b += 1) hessian[a * width + b] = hessian[b * width + a]!
  }
  return { gradient, hessian }
}

function addRow(into: Float64Array, terms: Float64Array, weight: number): void {
  for (let term = 0; term < into.length; term += 1) {
    into[term] = into[term]! + weight * terms[term]!
  }
}

/** Adds to the upper half only. */
function addSquare(
  into: Float64Array,
  {
    terms,
    mean,
    weight,
  }: { readonly terms: Float64Array; readonly mean: Float64Array; readonly weight: number },
): void {
  const width = terms.length
  for (let a = 0; a < width; a += 1) {
    const of = weight * (terms[a]! - mean[a]!)
    if (of === 0) continue
    for (let b = a; b < width; b += 1) {
      into[a * width + b] = into[a * width + b]! + of * (terms[b]! - mean[b]!)
    }
  }
}
