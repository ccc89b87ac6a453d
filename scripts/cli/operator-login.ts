import { secretsFolder } from '../dev/data-folder.ts'
import { placesFrom, usualBase } from '../dev/world/places.ts'
import { worldSecrets } from '../dev/world/secrets.ts'

/** The cloud that `npm start` runs on this machine. */
export const localCloudUrl = `http://127.0.0.1:${placesFrom(usualBase).cloud}`

export type Login = { readonly email: string; readonly password: string }

/**
 * Who acts: the operator named, with the password of the environment, because an argument would
 * stand in the list of processes; without a name the operator of the local world.
 */
export async function operatorLogin(email: string | undefined): Promise<Login> {
  if (email === undefined) return (await worldSecrets(secretsFolder())).operator
  const password = process.env['BAARI_OPERATOR_PASSWORD']
  if (password === undefined) throw new Error('BAARI_OPERATOR_PASSWORD is not set')
  return { email, password }
}
