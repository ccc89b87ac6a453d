import { Socket } from 'node:net'

/**
 * A socket that hands over to the system at the end of a turn what was written during it. The
 * database's client writes each statement in one piece; statements that are sent together would
 * otherwise be a system call each, which is the largest part of what a batch costs this process.
 */
export class JoiningSocket extends Socket {
  override uncork(): void {
    process.nextTick(() => super.uncork())
  }
}
