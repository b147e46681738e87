"""Words of news reports on any topic: "said", "according to", "per cent" and the currency.

The lists of stopwordsiso have few of them. A large archive learns their weight from its texts. In
twenty short reports, "said" may be in three, and would seem to be what two of them have in common.
The lists were written for this project. English needs none: its encoder separates topics.
"""

from __future__ import annotations

_SOUTH_SLAVIC = (
    "kaže kažu kazao kazala rekao rekla rekli izjavio izjavila ističe istakao istakla naveo navela "
    "navodi dodao dodala prema procenat posto odsto evra eura kuna dinara hiljada tisuća miliona"
)

_WORDS = {
    "ar": (
        "قال قالت وقال وقالت أضاف أضافت وأضاف أكد أكدت وأكد أوضح أوضحت وأوضح أعلن أعلنت صرح ذكر "
        "ذكرت بحسب وفق وفقا المئة بالمئة دولار دولارا جنيه ريال درهم دينار ألف مليون مليار"
    ),
    "az": "dedi deyib bildirdi bildirib söylədi əlavə edib sözlərinə faiz manat min milyon",
    "be": (
        "кажа кажуць сказаў сказала паведаміў паведаміла паведамілі заявіў заявіла адзначыў "
        "паводле працэнтаў рублёў тысяч мільёнаў"
    ),
    "bg": (
        "каза казаха казва заяви заявиха съобщи съобщиха съобщава обясни добави допълни според "
        "данни процента лева лв евро хиляди хил милиона млн"
    ),
    "bn": (
        "বলেন বলেছেন বলেছে বলছেন বললেন জানান জানিয়েছেন জানিয়েছে জানানো অনুযায়ী মতে শতাংশ টাকা হাজার লাখ লক্ষ কোটি"
    ),
    "bs": _SOUTH_SLAVIC,
    "ca": (
        "diu diuen dit va afirma afirmar explica explicar explicat assegura assegurar segons cent "
        "euros milers milions"
    ),
    "cs": (
        "říká říkají řekl řekla řekli uvedl uvedla uvedli sdělil sdělila dodal dodala potvrdil "
        "potvrdila tvrdí podle procent procenta korun koruny kč eur tisíc tisíce milionů miliony"
    ),
    "da": (
        "siger sagde sagt fortæller fortalte oplyser oplyste oplyst skriver skrev mener forklarer "
        "udtaler ifølge igen procent pct kroner kr euro tusind tusinde million millioner mio"
    ),
    "de": (
        "sagt sagte sagten erklärt erklärte teilt teilte mitteilte mitgeteilt berichtet berichtete "
        "betonte betont erläuterte laut zufolge angaben prozent euro tausend millionen mio"
    ),
    "el": (
        "είπε είπαν λέει λένε δήλωσε δήλωσαν δηλώνει τόνισε ανέφερε ανέφεραν ανακοίνωσε "
        "πρόσθεσε εξήγησε σύμφωνα ευρώ τοις εκατό χιλιάδες εκατομμύρια εκατ"
    ),
    "es": (
        "dice dicen dijo dijeron dicho afirma afirmó afirmaron aseguró asegura explicó explica "
        "señaló señala indicó añadió agregó informó según ciento euros pesos dólares mil miles "
        "millones"
    ),
    "et": (
        "ütleb ütles ütlesid sõnas rääkis teatas märkis selgitas lisas sõnul andmetel protsenti "
        "eurot euro tuhat miljonit"
    ),
    "fa": (
        "گفت گفته گفتند می‌گوید میگوید افزود اظهار داشت تاکید اعلام خبر گزارش بر اساس درصد تومان "
        "ریال دلار هزار میلیون میلیارد"
    ),
    "fi": (
        "sanoo sanoi sanoivat sanovat kertoo kertoi kertoivat kertovat toteaa totesi mukaan "
        "arvioi ilmoitti ilmoittaa prosenttia euroa euron tuhatta miljoonaa"
    ),
    "fil": "sinabi sabi ayon aniya porsiyento piso libo milyon",
    "fr": (
        "dit disent affirme affirmé explique expliqué indique indiqué précise précisé ajoute "
        "ajouté déclaré assure selon pourcent euros euro dollars mille milliers millions"
    ),
    "gu": ("કહ્યું કહે કહેવું જણાવ્યું જણાવે મુજબ અનુસાર ટકા રૂપિયા રૂપિયાની હજાર લાખ કરોડ"),
    "he": (
        "אמר אמרה אמרו אומר אומרת אומרים הוסיף הוסיפה מסר מסרה נמסר הודיע הודיעה ציין ציינה לדברי "
        "לדבריו לדבריה לפי אחוז אחוזים שקל שקלים דולר דולרים אלף אלפי מיליון"
    ),
    "hi": (
        "कहा कहना कहते कहती बताया बताते बताई अनुसार मुताबिक जानकारी फीसदी प्रतिशत रुपये रुपए रुपया "
        "हजार हज़ार लाख करोड़"
    ),
    "hr": _SOUTH_SLAVIC,
    "hu": (
        "mondta mondja mondják mondták közölte közölték elmondta nyilatkozta hozzátette írta "
        "szerint százalék százalékkal forint forintot forintos euró eurót ezer millió milliárd"
    ),
    "hy": "ասաց ասել ասում հայտնեց հայտնել նշեց նշել ըստ տոկոս տոկոսով դրամ հազար միլիոն",
    "id": (
        "kata berkata mengatakan menyatakan menyebut menyebutkan ujar ujarnya tutur jelas "
        "menjelaskan menurut menurutnya persen rupiah rp ribu juta miliar"
    ),
    "is": (
        "segir segja sagði sögðu sagt greinir samkvæmt prósent króna krónur krónum þúsund milljónir"
    ),
    "it": (
        "dice dicono detto disse afferma affermato spiega spiegato dichiara dichiarato racconta "
        "sottolinea aggiunge aggiunto secondo cento euro mila milioni"
    ),
    "ka": (
        "თქვა ამბობს ამბობენ განაცხადა განაცხადეს აღნიშნა ცნობით თქმით მიხედვით პროცენტი პროცენტით "
        "ლარი ლარის ათასი მილიონი"
    ),
    "kk": "деді дейді айтты айтады хабарлады хабарлайды мәліметінше пайыз теңге мың миллион млн",
    "lt": (
        "sako sakė teigia teigė pranešė praneša pasakoja nurodė pažymėjo pasak anot procentų proc "
        "eurų tūkst tūkstančių mln milijonų"
    ),
    "lv": (
        "saka sacīja teica stāsta stāstīja norāda norādīja uzsver pastāstīja informēja liecina "
        "procenti procentu eiro tūkstoši tūkstošu miljoni miljonu"
    ),
    "mk": (
        "вели велат рече рекоа рекол изјави изјавија истакна соопшти соопштија додаде според "
        "проценти денари евра илјади милиони"
    ),
    "mr": (
        "सांगितले सांगितलं सांगतात म्हणाले म्हणाल्या म्हणाला म्हणतात म्हटले दिली माहिती नुसार "
        "टक्के टक्क्यांनी रुपये रुपयांची रुपयांचा रुपयांच्या हजार लाख कोटी"
    ),
    "ms": (
        "kata berkata katanya menurut menurutnya menyatakan memberitahu peratus ringgit rm ribu "
        "juta"
    ),
    "ne": "भने भन्नुभयो बताए बताउनुभयो जनाए जनाएको अनुसार प्रतिशत रुपैयाँ हजार लाख करोड",
    "nl": (
        "zegt zeggen zei zeiden gezegd vertelt vertelde meldt meldde laat weten stelt aldus "
        "volgens procent euro duizend miljoen mln"
    ),
    "no": (
        "sier sa sagt forteller fortalte opplyser opplyste skriver skrev mener forklarer uttaler "
        "ifølge igjen prosent kroner kr tusen million millioner mill"
    ),
    "pl": (
        "mówi mówił mówiła powiedział powiedziała powiedzieli poinformował poinformowała "
        "poinformowali informuje dodał dodała dodaje podkreśla podkreślił tłumaczy przekazał "
        "przekazała według procent proc złotych zł euro tysięcy tys milionów mln"
    ),
    "pt": (
        "diz dizem disse disseram dito afirma afirmou afirmaram explica explicou informou contou "
        "acrescentou segundo conforme cento reais euros dólares mil milhares milhões feira"
    ),
    "ro": (
        "spune spun spus declarat declară afirmat afirmă precizat precizează transmis adăugat "
        "explicat potrivit conform sută lei leu euro mii milioane"
    ),
    "ru": (
        "говорит говорят сказал сказала сказали сообщил сообщила сообщили сообщает рассказал "
        "рассказала рассказали заявил заявила заявили отметил отметила добавил добавила пояснил "
        "словам данным процентов процента рублей рубля руб тысяч тыс миллионов млн"
    ),
    "sk": (
        "hovorí hovoria povedal povedala povedali uviedol uviedla uviedli informoval informovala "
        "dodal dodala potvrdil potvrdila podľa percent percenta eur eura tisíc miliónov"
    ),
    "sl": (
        "pravi pravijo rekel rekla povedal povedala povedali dejal dejala dejali sporočil "
        "sporočila sporočili dodal dodala pojasnil pojasnila besedah odstotkov odstotka evrov "
        "tisoč milijonov"
    ),
    "sq": "thotë thonë tha thanë deklaroi deklaruan shtoi sipas përqind lekë euro mijë milionë",
    "sr": _SOUTH_SLAVIC,
    "sv": (
        "säger sade sagt berättar berättade uppger uppgav skriver skrev menar förklarar meddelar "
        "meddelade enligt igen procent kronor kr euro tusen miljoner miljon"
    ),
    "sw": (
        "alisema amesema wamesema walisema anasema wanasema alieleza ameeleza kwa mujibu asilimia "
        "shilingi elfu milioni"
    ),
    "ta": (
        "கூறினார் கூறினர் கூறியுள்ளார் கூறியுள்ளனர் தெரிவித்தார் தெரிவித்தனர் தெரிவித்துள்ளார் "
        "சதவீதம் ரூபாய் ஆயிரம் லட்சம் கோடி"
    ),
    "te": "అన్నారు చెప్పారు తెలిపారు పేర్కొన్నారు ప్రకారం శాతం రూపాయల రూపాయలు వేల లక్ష లక్షల కోట్ల",
    "tr": (
        "dedi diyor söyledi söylüyor belirtti belirterek kaydetti ifade açıkladı açıklamada "
        "anlattı vurguladı göre yüzde lira liraya liralık tl bin milyon"
    ),
    "uk": (
        "каже кажуть сказав сказала сказали повідомив повідомила повідомили повідомляє розповів "
        "розповіла заявив заявила додав додала зазначив зазначила словами даними відсотків "
        "гривень грн тисяч тис мільйонів млн"
    ),
    "ur": ("کہا کہنا کہتے کہتی بتایا بتاتے بتائی مطابق فیصد روپے روپیہ ہزار لاکھ کروڑ ارب"),
    "vi": "nói cho biết theo cho hay phần trăm đồng usd nghìn ngàn triệu tỷ",
}

REPORTING_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
"""Words of reports by language (ISO 639)."""
