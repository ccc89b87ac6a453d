import type { LateReplies } from '../ports/bus.ts'
import { AbandonedReplies } from './abandoned-replies.ts'
import type { LateReplyRule } from './late-reply-rule.ts'
import { NamelessReplies } from './nameless-replies.ts'
import { OwnMeaningReplies } from './own-meaning-replies.ts'

/** The memory of given-up requests that a codec asks for. */
export function lateReplyRule(late: LateReplies): LateReplyRule {
  switch (late.rule) {
    case 'other-form':
      return new AbandonedReplies()
    case 'own-meaning':
      return new OwnMeaningReplies(late.numbered)
    case 'nameless':
      return new NamelessReplies(late.nameless)
  }
}
