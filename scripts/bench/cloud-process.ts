import { join } from 'node:path'
import pg from 'pg'
import { freePort, startPostgres, type RunningPostgres } from '../dev/embedded-postgres.ts'
import { answers, startPart, type Part } from '../dev/world/part.ts'

export type CloudProcess = {
  readonly url: string
  /** Into the cloud's database, past the cloud. */
  readonly pool: pg.Pool
  readonly postgres: RunningPostgres
  readonly cloud: Part
}

/** The whole cloud process over a PostgreSQL that forces every commit to the disk. */
export async function startCloudProcess(
  folder: string,
  {
    connections,
    settings,
  }: { readonly connections: number; readonly settings: Readonly<Record<string, string>> },
): Promise<CloudProcess> {
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    port: await freePort(),
    settings,
  })
  const pool = new pg.Pool({ connectionString: postgres.url, max: connections })
  pool.on('error', () => undefined)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  try {
    const cloud = await startPart({
      name: 'cloud',
      entry: 'cloud/src/main.ts',
      env: {
        BAARI_CLOUD_PORT: String(port),
        BAARI_DATABASE_URL: postgres.url,
        BAARI_CLOUD_DATA: join(folder, 'cloud'),
      },
      logFolder: folder,
      pidFolder: folder,
      ready: () => answers(`${url}/readyz`),
      onRestart: (message) => console.error(message),
    })
    return { url, pool, postgres, cloud }
  } catch (reason) {
    await pool.end()
    await postgres.stop()
    throw reason
  }
}
