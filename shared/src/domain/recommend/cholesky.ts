/** The lower triangle L with L·Lᵀ = `matrix`, symmetric and positive definite, both row-major. */
export function cholesky(matrix: Float64Array, width: number): Float64Array {
  const lower = new Float64Array(width * width)
  for (let a = 0; a < width; a += 1) {
    for (let b = 0; b <= a; b += 1) {
      let sum = matrix[a * width + b]!
      for (let k = 0; k < b; k += 1) sum -= lower[a * width + k]! * lower[b * width + k]!
      lower[a * width + b] = a === b ? Math.sqrt(Math.max(1e-12, sum)) : sum / lower[b * width + b]!
    }
  }
  return lower
}

/** Solves L·Lᵀ·x = `right`. */
export function solveWith(lower: Float64Array, right: Float64Array): Float64Array {
  const width = right.length
  const out = right.slice()
  for (let a = 0; a < width; a += 1) {
    for (let k = 0; k < a; k += 1) out[a] = out[a]! - lower[a * width + k]! * out[k]!
    out[a] = out[a]! / lower[a * width + a]!
  }
  return solveUpper(lower, out)
}

/**
 * Solves Lᵀ·x = `right`. With standard normal numbers on the right, x is a draw from the normal
 * distribution whose precision is L·Lᵀ.
 */
export function solveUpper(lower: Float64Array, right: Float64Array): Float64Array {
  const width = right.length
  const out = right.slice()
  for (let a = width - 1; a >= 0; a -= 1) {
    for (let k = a + 1; k < width; k += 1) out[a] = out[a]! - lower[k * width + a]! * out[k]!
    out[a] = out[a]! / lower[a * width + a]!
  }
  return out
}
