/** Words of the board for everybody in line; the driver's, not ours. */
const en = {
  now: 'Your turn',
  go: 'Go to {{position}}',
  nobody: 'Nobody is called now. Watch for your number.',
  next: 'Next',
  nextNobody: 'Nobody is waiting.',
  booked: 'booked',
  waiting: 'Waiting: {{walkIns}} walk-in, {{booked}} booked',
  wait: 'Walk-in now: about {{a}}-{{b}} min',
  waitUnknown: 'No position works now. The wait cannot be said.',
  rule2: 'Two booked, then one walk-in. After 45 minutes of waiting: one and one.',
  rule1: 'One booked, then one walk-in: somebody has waited more than 45 minutes.',
  closed: 'The station is closed.',
  gasLow: 'Gas is low: filling takes longer, and cylinders may not get full.',
  stale: 'As of {{time}}. The station computer does not answer.',
  loading: 'Starting',
}

export type BoardWords = typeof en

const hi: BoardWords = {
  now: 'आपकी बारी',
  go: 'जगह {{position}} पर जाएँ',
  nobody: 'अभी किसी को नहीं बुलाया है। अपना नंबर देखते रहें।',
  next: 'आगे',
  nextNobody: 'कोई लाइन में नहीं।',
  booked: 'बुकिंग',
  waiting: '{{walkIns}} वॉक-इन और {{booked}} बुकिंग लाइन में',
  wait: 'अभी वॉक-इन: लगभग {{a}}-{{b}} मिनट',
  waitUnknown: 'अभी कोई जगह चालू नहीं। इंतज़ार बताया नहीं जा सकता।',
  rule2: 'दो बुकिंग, फिर एक वॉक-इन। 45 मिनट के इंतज़ार के बाद: एक-एक।',
  rule1: 'एक बुकिंग, फिर एक वॉक-इन: किसी ने 45 मिनट से ज़्यादा इंतज़ार किया है।',
  closed: 'स्टेशन बंद है।',
  gasLow: 'गैस कम है: भरने में समय लगेगा, और सिलेंडर पूरा न भरे।',
  stale: '{{time}} बजे तक। स्टेशन का कंप्यूटर जवाब नहीं दे रहा।',
  loading: 'चालू हो रहा है',
}

const mr: BoardWords = {
  now: 'तुमची पाळी',
  go: 'जागा {{position}} वर जा',
  nobody: 'आत्ता कोणाला बोलावलेले नाही. तुमचा नंबर पाहत राहा.',
  next: 'पुढे',
  nextNobody: 'रांगेत कोणी नाही.',
  booked: 'बुकिंग',
  waiting: '{{walkIns}} वॉक-इन आणि {{booked}} बुकिंग रांगेत',
  wait: 'आत्ता वॉक-इन: सुमारे {{a}}-{{b}} मिनिटे',
  waitUnknown: 'आत्ता कोणतीही जागा चालू नाही. किती थांबावे लागेल ते सांगता येत नाही.',
  rule2: 'दोन बुकिंग, मग एक वॉक-इन. 45 मिनिटे थांबल्यावर: एक-एक.',
  rule1: 'एक बुकिंग, मग एक वॉक-इन: कोणीतरी 45 मिनिटांपेक्षा जास्त थांबले आहे.',
  closed: 'स्टेशन बंद आहे.',
  gasLow: 'गॅस कमी आहे: भरायला वेळ लागेल, आणि सिलिंडर पूर्ण भरणार नाही.',
  stale: '{{time}} पर्यंत. स्टेशनचा संगणक उत्तर देत नाही.',
  loading: 'सुरू होत आहे',
}

const gu: BoardWords = {
  now: 'તમારો વારો',
  go: 'જગ્યા {{position}} પર જાઓ',
  nobody: 'અત્યારે કોઈને બોલાવ્યા નથી. તમારો નંબર જોતા રહો.',
  next: 'આગળ',
  nextNobody: 'લાઇનમાં કોઈ નથી.',
  booked: 'બુકિંગ',
  waiting: '{{walkIns}} વૉક-ઇન અને {{booked}} બુકિંગ લાઇનમાં',
  wait: 'અત્યારે વૉક-ઇન: આશરે {{a}}-{{b}} મિનિટ',
  waitUnknown: 'અત્યારે કોઈ જગ્યા ચાલુ નથી. કેટલી રાહ જોવી પડશે તે કહી શકાતું નથી.',
  rule2: 'બે બુકિંગ, પછી એક વૉક-ઇન. 45 મિનિટ રાહ જોયા પછી: એક-એક.',
  rule1: 'એક બુકિંગ, પછી એક વૉક-ઇન: કોઈએ 45 મિનિટથી વધુ રાહ જોઈ છે.',
  closed: 'સ્ટેશન બંધ છે.',
  gasLow: 'ગૅસ ઓછો છે: ભરવામાં વાર લાગશે, અને સિલિન્ડર પૂરું ન ભરાય.',
  stale: '{{time}} સુધીનું. સ્ટેશનનું કમ્પ્યુટર જવાબ આપતું નથી.',
  loading: 'શરૂ થાય છે',
}

const ta: BoardWords = {
  now: 'உங்கள் முறை',
  go: 'இடம் {{position}}-க்குச் செல்லுங்கள்',
  nobody: 'இப்போது யாரும் அழைக்கப்படவில்லை. உங்கள் எண்ணைக் கவனியுங்கள்.',
  next: 'அடுத்து',
  nextNobody: 'வரிசையில் யாரும் இல்லை.',
  booked: 'பதிவு',
  waiting: '{{walkIns}} பேர் பதிவின்றி, {{booked}} பேர் பதிவுடன் வரிசையில்',
  wait: 'பதிவின்றி இப்போது: சுமார் {{a}}-{{b}} நிமிடம்',
  waitUnknown: 'இப்போது எந்த இடமும் இயங்கவில்லை. காத்திருப்பைச் சொல்ல முடியாது.',
  rule2: 'பதிவு இருவர், பிறகு பதிவின்றி ஒருவர். 45 நிமிடக் காத்திருப்புக்குப் பின்: ஒன்றுக்கு ஒன்று.',
  rule1: 'பதிவு ஒருவர், பிறகு பதிவின்றி ஒருவர்: ஒருவர் 45 நிமிடத்துக்கு மேல் காத்திருக்கிறார்.',
  closed: 'நிலையம் மூடப்பட்டுள்ளது.',
  gasLow: 'எரிவாயு குறைவு: நிரப்ப நேரமாகும், உருளை முழுதும் நிரம்பாமல் போகலாம்.',
  stale: '{{time}} நிலவரம். நிலையக் கணினி பதில் தரவில்லை.',
  loading: 'தொடங்குகிறது',
}

export const boardWords = { en, hi, mr, gu, ta } as const

export type BoardLanguage = keyof typeof boardWords

/** Languages of `?lang=gu,en`, in their order; Hindi and English when none is known. */
export function boardLanguages(query: string): readonly BoardLanguage[] {
  const asked = (new URLSearchParams(query).get('lang') ?? '').split(',')
  const known = asked.filter((name): name is BoardLanguage => Object.hasOwn(boardWords, name))
  return known.length > 0 ? known : ['hi', 'en']
}

/** A sentence with its `{{names}}` filled in. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => String(values[name] ?? ''))
}
