import { salePage } from '@baari/shared/contracts/http/cloud-api'
import type { z } from 'zod'
import { until } from '../until.ts'

export type Sale = z.output<typeof salePage>['sales'][number]

export type Operator = {
  /** The cloud's record of this fill, once the station's ledger has brought it. */
  saleOf(fill: string): Promise<Sale>
}

type OperatorLogin = {
  readonly cloudUrl: string
  readonly station: number
  readonly email: string
  readonly password: string
}

/** Signs in at the cloud as head office does. */
export async function signInOperator(login: OperatorLogin): Promise<Operator> {
  const { cloudUrl, station, email, password } = login
  const answer = await fetch(`${cloudUrl}/v1/operator/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: cloudUrl },
    body: JSON.stringify({ email, password }),
  })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
  if (!answer.ok || cookie === undefined) throw new Error(`operator sign-in: ${answer.status}`)
  const sales = async (): Promise<readonly Sale[]> => {
    const page = await fetch(`${cloudUrl}/v1/operator/stations/${station}/sales?limit=50`, {
      headers: { cookie },
    })
    return salePage.parse(await page.json()).sales
  }
  return {
    saleOf: (fill) =>
      until(async () => (await sales()).find((sale) => sale.fill === fill), {
        what: `the cloud knows fill ${fill}`,
      }),
  }
}
