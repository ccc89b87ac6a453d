/** A cylinder is full at 200 bar (Gas Cylinders Rules 2016). */
const fullMbar = 200_000

/** Share of a full cylinder, in per cent, that this pressure of the bank gives. */
export function expectedFillPercent(bankMbar: number): number {
  return Math.min(100, Math.max(0, Math.floor((bankMbar * 100) / fullMbar)))
}
