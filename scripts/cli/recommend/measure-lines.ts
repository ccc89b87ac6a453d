import type { ChoiceMeasures } from '@baari/shared/domain/recommend/choice-measures'
import type { Limited } from '@baari/shared/domain/recommend/resampled'
import type { PolicyValues } from '@baari/shared/domain/recommend/slots/logged-policy'

const percent = ({ mean, low, high }: Limited): string =>
  `${(100 * mean).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`
const plain = ({ mean, low, high }: Limited): string =>
  `${mean.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`

/** What the command says of the test cases. */
export function measureLines(of: ChoiceMeasures): readonly string[] {
  const { bins, error } = of.calibration
  return [
    `Test part, ${of.cases} cases of ${of.persons} persons; in brackets 95 % limits, by person:`,
    `hit@1 ${percent(of.hitAt1)}, hit@3 ${percent(of.hitAt3)}`,
    `MRR ${plain(of.mrr)}, NDCG@3 ${plain(of.ndcgAt3)}, NLL ${plain(of.nll)}`,
    `Calibration: said and seen differ by ${(100 * error).toFixed(1)} points on the mean`,
    ...bins.flatMap(({ options, said, seen }) =>
      options === 0
        ? []
        : [
            `  said ${(100 * said).toFixed(1).padStart(5)} %, seen ${(100 * seen).toFixed(1).padStart(5)} % of ${options} options`,
          ],
    ),
  ]
}

/** What the command says of a log of places drawn by chance. */
export function policyLines(of: PolicyValues): readonly string[] {
  return [
    `Logged policy, ${of.places} places drawn by chance, ${of.explored} of them explored:`,
    `taken ${percent(of.logged)} as it was shown`,
    `always the best there: IPS ${percent(of.greedyIps)}, SNIPS ${percent(of.greedySnips)}, worth ${Math.round(of.effective)} places of one weight`,
  ]
}
