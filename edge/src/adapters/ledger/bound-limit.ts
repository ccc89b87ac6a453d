/**
 * `LIMIT` with a bound value. SQLite takes a bare `LIMIT ?` into its plan, so it compiles the
 * statement anew whenever the value is given again; an expression it only computes.
 */
export const boundLimit = 'LIMIT ? + 0'
