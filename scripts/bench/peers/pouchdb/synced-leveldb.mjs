import leveldown from 'leveldown'

/**
 * LevelDB whose writes are on the disk when they are answered. PouchDB leaves that out by default;
 * what it is measured against forces every commit, so it must, too.
 */
export function syncedLevelDown(location) {
  const db = leveldown(location)
  const put = db._put.bind(db)
  const batch = db._batch.bind(db)
  db._put = (key, value, ...[options, done]) => put(key, value, { ...options, sync: true }, done)
  db._batch = (operations, options, done) => batch(operations, { ...options, sync: true }, done)
  return db
}

syncedLevelDown.destroy = leveldown.destroy
