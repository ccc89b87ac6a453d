import type { BoardLanguage } from '../public-board/words.ts'

/** Words of the display at one position; the driver's, not ours. */
const en = {
  called: 'Drive in. Engine off, everybody out.',
  filling: 'Being filled. Please wait.',
  staged: 'Next here: {{label}}. Come up and wait behind.',
  free: 'Free. Your number shows here when it is your turn.',
  out: 'Out of service. Another position will be named.',
  closed: 'The station is closed.',
  stale: 'As of {{time}}. Follow the attendant.',
  loading: 'Starting. Follow the attendant.',
  unknown: 'There is no position {{position}} here. There are: {{positions}}.',
  booked: 'Lane for bookings',
  walkIn: 'Lane for walk-ins',
  mixed: 'Lane for everybody',
  shut: 'Lane closed',
}

export type LaneWords = typeof en

const hi: LaneWords = {
  called: 'अंदर आएँ। इंजन बंद करें, सब उतरें।',
  filling: 'गैस भर रही है। रुकें।',
  staged: 'यहाँ अगला: {{label}}। पीछे आकर रुकें।',
  free: 'खाली है। बारी आने पर आपका नंबर यहाँ दिखेगा।',
  out: 'बंद है। दूसरी जगह बताई जाएगी।',
  closed: 'स्टेशन बंद है।',
  stale: '{{time}} बजे तक। कर्मचारी की बात मानें।',
  loading: 'चालू हो रहा है। कर्मचारी की बात मानें।',
  unknown: 'यहाँ जगह {{position}} नहीं है। जगहें: {{positions}}।',
  booked: 'बुकिंग की लेन',
  walkIn: 'वॉक-इन की लेन',
  mixed: 'सबकी लेन',
  shut: 'लेन बंद',
}

const mr: LaneWords = {
  called: 'आत या. इंजिन बंद करा, सगळे उतरा.',
  filling: 'गॅस भरत आहे. थांबा.',
  staged: 'इथे पुढचा: {{label}}. मागे येऊन थांबा.',
  free: 'मोकळी आहे. पाळी आली की तुमचा नंबर इथे दिसेल.',
  out: 'बंद आहे. दुसरी जागा सांगितली जाईल.',
  closed: 'स्टेशन बंद आहे.',
  stale: '{{time}} पर्यंत. कर्मचाऱ्याचे ऐका.',
  loading: 'सुरू होत आहे. कर्मचाऱ्याचे ऐका.',
  unknown: 'इथे जागा {{position}} नाही. जागा: {{positions}}.',
  booked: 'बुकिंगची लेन',
  walkIn: 'वॉक-इनची लेन',
  mixed: 'सर्वांची लेन',
  shut: 'लेन बंद',
}

const gu: LaneWords = {
  called: 'અંદર આવો. એન્જિન બંધ કરો, બધા ઊતરો.',
  filling: 'ગૅસ ભરાય છે. રાહ જુઓ.',
  staged: 'અહીં હવે પછી: {{label}}. પાછળ આવીને ઊભા રહો.',
  free: 'ખાલી છે. વારો આવે ત્યારે તમારો નંબર અહીં દેખાશે.',
  out: 'બંધ છે. બીજી જગ્યા કહેવામાં આવશે.',
  closed: 'સ્ટેશન બંધ છે.',
  stale: '{{time}} સુધીનું. કર્મચારી કહે તેમ કરો.',
  loading: 'શરૂ થાય છે. કર્મચારી કહે તેમ કરો.',
  unknown: 'અહીં જગ્યા {{position}} નથી. જગ્યાઓ: {{positions}}.',
  booked: 'બુકિંગની લેન',
  walkIn: 'વૉક-ઇનની લેન',
  mixed: 'બધાની લેન',
  shut: 'લેન બંધ',
}

const ta: LaneWords = {
  called: 'உள்ளே வாருங்கள். எஞ்சினை நிறுத்தி, அனைவரும் இறங்குங்கள்.',
  filling: 'நிரப்பப்படுகிறது. காத்திருங்கள்.',
  staged: 'இங்கே அடுத்து: {{label}}. பின்னால் வந்து நில்லுங்கள்.',
  free: 'காலியாக உள்ளது. உங்கள் முறை வந்ததும் எண் இங்கே தெரியும்.',
  out: 'இயங்கவில்லை. வேறு இடம் சொல்லப்படும்.',
  closed: 'நிலையம் மூடப்பட்டுள்ளது.',
  stale: '{{time}} நிலவரம். பணியாளர் சொல்வதைக் கேளுங்கள்.',
  loading: 'தொடங்குகிறது. பணியாளர் சொல்வதைக் கேளுங்கள்.',
  unknown: 'இங்கே இடம் {{position}} இல்லை. உள்ளவை: {{positions}}.',
  booked: 'பதிவுக்கான தடம்',
  walkIn: 'பதிவில்லாதோர் தடம்',
  mixed: 'அனைவருக்கும் தடம்',
  shut: 'தடம் மூடப்பட்டது',
}

export const laneWords: Readonly<Record<BoardLanguage, LaneWords>> = { en, hi, mr, gu, ta }
