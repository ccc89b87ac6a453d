import type { Command } from 'commander'

type EvaluateOptions = {
  readonly train: string
  readonly test: string
  readonly out: string
  readonly seed: string
}

/** `baari recommend …`: which slot or station a driver would take. */
export function register(program: Command): void {
  program
    .command('recommend')
    .description('ranking of slots and stations')
    .command('evaluate')
    .description('rank the options of test cases; exit code 0, or 2 for a malformed input')
    .requiredOption('--train <file>', 'case,person,option,available,chosen and features')
    .requiredOption('--test <file>', 'the same columns without chosen')
    .requiredOption('--out <file>', 'where case,option,score go')
    .option('--seed <number>', 'the same input and seed give the same bytes', '1')
    .action(runEvaluate)
}

async function runEvaluate(options: EvaluateOptions): Promise<void> {
  const { writeFileSync } = await import('node:fs')
  const { readNamed, refused, seedOf } = await import('../csv/named-files.ts')
  const { evaluateChoices } = await import('../recommend/evaluate.ts')
  const { printLines } = await import('../say.ts')
  await refused('Nothing was ranked', async () => {
    const { rankedCsv, run } = evaluateChoices({
      train: readNamed(options.train),
      test: readNamed(options.test),
      seed: seedOf(options.seed),
    })
    writeFileSync(options.out, rankedCsv)
    const parts = [...run.weights].map(([name, weight]) => `${name} ${weight.toFixed(2)}`)
    printLines([
      `Utilities of ${parts.join(', ')}.`,
      ...run.candidates.map(
        ({ name, hitAt1, ndcgAt3, nll }) =>
          `${name}: hit@1 ${(100 * hitAt1).toFixed(1)} %, NDCG@3 ${ndcgAt3.toFixed(3)}, NLL ${nll.toFixed(3)} in the training part`,
      ),
    ])
  })
}
