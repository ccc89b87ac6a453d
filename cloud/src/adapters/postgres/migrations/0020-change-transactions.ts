/**
 * Changes by their transaction: who waits for changes asks for what was committed since the last
 * look, whoever wrote it and wherever it lies (`change-probe.ts`).
 */
export const changeTransactions = /* sql */ `
CREATE INDEX change_log_transaction ON change_log (xid);
`
