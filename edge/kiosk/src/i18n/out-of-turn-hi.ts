import type { outOfTurnEn } from './out-of-turn-en.ts'

/** Words of a call out of turn, in Hindi. */
export const outOfTurnHi: typeof outOfTurnEn = {
  title: 'बारी से पहले बुलाएँ',
  who: 'कौन सी गाड़ी पहले जाए?',
  hint: 'मैनेजर की इजाज़त से। कारण बाकी लोग "मेरी बारी क्यों नहीं?" में पढ़ते हैं।',
  where: '{{label}}: किस जगह?',
  why: '{{label}}, जगह {{no}}: क्यों?',
  free: 'अभी वहाँ जाए',
  behind: 'यह भराई खत्म होते ही अगली',
  instead: '{{label}} अपनी बारी पर लौटेगी',
  taken: 'यहाँ गाड़ी खड़ी है',
  out: 'बंद है',
  unfit: 'नोज़ल इस गाड़ी का नहीं',
  words: 'शब्दों में लिखें, ताकि जाँच हो सके',
  next: 'आगे',
  confirm: '{{label}} को {{no}} पर बुलाएँ',
  reasons: {
    emergency_vehicle: 'एम्बुलेंस, पुलिस या दमकल',
    person_in_need: 'मरीज़ या ज़रूरतमंद',
    breakdown: 'ख़राब गाड़ी रास्ता रोके है',
    supply_vehicle: 'क्रेन या सप्लाई गाड़ी',
    other: 'दूसरा कारण',
  },
  told: 'बारी से पहले: {{reason}}',
  staged: 'अगली, बारी से पहले: {{label}}',
}
