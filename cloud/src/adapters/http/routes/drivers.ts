import { createRoute } from '@hono/zod-openapi'
import {
  driver as driverBody,
  vehicle as vehicleBody,
  vehicleRequest,
} from '@baari/shared/contracts/http/cloud-api'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { VehicleWish } from '../../../app/people/register-vehicle.ts'
import type { Drivers, Vehicle } from '../../../ports/people.ts'
import { driverJson, vehicleJson } from '../booking-json.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'
import { contractApp, jsonAnswer, jsonBody, problems, writeHeaders } from '../route-parts.ts'

export type DriverRoutes = {
  readonly drivers: Drivers
  readonly registerVehicle: (driver: string, wish: VehicleWish) => Promise<Result<Vehicle, Refusal>>
}

const meRoute = createRoute({
  method: 'get',
  path: '/v1/me',
  summary: 'The signed-in driver and the vehicles',
  responses: { 200: jsonAnswer(driverBody, 'The driver'), ...problems(401, 503) },
})

const vehicleRoute = createRoute({
  method: 'post',
  path: '/v1/vehicles',
  summary: 'Register a vehicle, or correct the one with this plate',
  request: { headers: writeHeaders, body: jsonBody(vehicleRequest) },
  responses: {
    201: jsonAnswer(vehicleBody, 'The vehicle'),
    ...problems(400, 401, 409, 422, 503),
  },
})

export function driverRoutes({ drivers, registerVehicle }: DriverRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(meRoute, async (c) => {
    const driver = await drivers.find(c.get('driver'))
    if (driver === undefined) return refused(c, refusal('not_signed_in')) as never
    return c.json(driverJson(driver), 200)
  })
  app.openapi(vehicleRoute, async (c) => {
    const vehicle = await registerVehicle(c.get('driver'), c.req.valid('json'))
    if (!vehicle.ok) return refused(c, vehicle.error) as never
    return c.json(vehicleJson(vehicle.value), 201)
  })
  return app
}
