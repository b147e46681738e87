"""Function words of languages of which stopwordsiso has no list, or a short one.

A small archive cannot learn them from its texts: "which" is in two of twelve, as a topic is. The
lists were written for this project. They have pronouns, conjunctions, auxiliary verbs and "said",
and leave out whatever may be a topic.
"""

from __future__ import annotations

SAME_LIST = {"bs": "hr", "cnr": "hr", "fil": "tl", "sh": "hr", "sr": "hr"}
"""Languages of which stopwordsiso has most words under another code."""

_SOUTH_SLAVIC = (
    "gde kaže posle pre neko nešto prema već dok jer ali pa kod preko među zbog tokom "
    "kad kada ko šta pri njen ovaj onaj pred"
)

_WORDS = {
    "am": (
        "እና ነው ነበር ናቸው ላይ ውስጥ ወደ እንደ ግን ወይም ይህ ይህን ይህም ደግሞ ሁሉ መሆኑን መሆኑ ተናግረዋል ጋር ስለ እስከ በኋላ "
        "በፊት አሁን እሱ እሷ እነሱ"
    ),
    "az": (
        "və ya ki bu o da də ilə üçün amma lakin ancaq çünki necə nə hər hansı kimi daha ən "
        "çox sonra əvvəl qədər görə üzrə idi edir olub olan olaraq var yox deyil mən sən biz "
        "siz onlar onun onların bunu bunun artıq yalnız isə belə dedi bildirib başqa bəzi bir "
        "birlikdə biri bütün cəmi davam deyir digər edən edib elə əsas gün gündə günü heç "
        "hələ həm həmin iki il ildə ilk indi istifadə keçirilən keçirilib oldu olduğunu "
        "olunub onu ötən özü son təxminən üç verib verilib verir yeni yenidən"
    ),
    "be": (
        "а або аб аднак бо был была былі было быць вы да для до ж з за і як якая якія які яго "
        "яе яны яна ён яно калі каб ці не ні на над па пад пры пра гэта гэты гэтая гэтыя тое "
        "той тая тыя так таксама толькі усё усе што хто у ў ужо яшчэ мы я ты іх нас нам вас "
        "вам сказаў сказала паводле пасля перад"
    ),
    "bn": (
        "এই এক একটি একজন এবং ও ওই কাছে করতে করা করে করেছে করেন কিন্তু কিছু কেউ কোনো ছিল ছিলেন "
        "জন জন্য তা তাই তাঁর তাদের তার তিন তিনি থেকে দিতে দিয়ে দুই নতুন না নিয়ে পর পারবে "
        "পারে পুরোনো প্রথম বলছে বলছেন বেশি মধ্যে যা যে রয়েছে সঙ্গে সব সময় সেই সে হচ্ছে হতে "
        "হবে হয় হয়ে হয়েছে"
    ),
    "bs": _SOUTH_SLAVIC,
    "ca": (
        "això aquest aquesta aquests al als amb ara any anys cada com d'un de del dels des "
        "després dia dies dos dues durant el ella ells els en encara entre era és eren fa "
        "fins ha han hi i ja la les li més mentre molt no on o per però perquè primer qual "
        "quan que quatre qui s'ha sense ser seva seves seu seus si sobre són també tan tot "
        "tots totes tres un una uns va van"
    ),
    "cnr": _SOUTH_SLAVIC,
    "cs": (
        "jim mu zatím už ještě však také pouze jejich její jeho která které který kteří kvůli "
        "proto když než podle"
    ),
    "cy": (
        "y yr a ac ar at am ei eu ein eich i o yn gan gyda hyn hynny hwn hon mae oedd bydd "
        "wedi fod bod sydd sy na nac nid ddim ond neu os pan fel drwy dros dan cyn hefyd mwy "
        "pob rhai dywedodd"
    ),
    "da": (
        "mellem går gik trods efter før bliver blev også kun noget nogle alle hver selv "
        "allerede flere færre større mindre"
    ),
    "et": (
        "aasta aastat aastal alla andis eest enne et ei enam hiljem iga ilma ise juba juures "
        "jooksul kaks kahe kes kelle keda ka kas koos kokku kolm kolme kuid kui kuidas kuigi "
        "kuni kus lähedal läbi ligi ma mida mille millal miks mitte mis mõne mõned muu nagu "
        "nad ning nii nüüd oli olid olnud on oma ole palju peab pärast pidi poolt praegu "
        "rohkem saab saada sai samuti see seda selle selles sellest seal seejärel siis sest "
        "sinna siin ta taha tagasi tema teda teise tuleb uue uus umbes vaid vastu veel või "
        "võib võra võrra vähem väga vähemalt välja ära ümber üle üks ühe üht"
    ),
    "eu": (
        "baten gero zituzten dira zen ziren eta edo baina bezala arte ere du dute zuen zuten "
        "izan egin"
    ),
    "fa": (
        "آغاز آن آنها است اما امسال این او اول با باید برای برگزار بود بودند به بین پس تا تر "
        "جدید چند چهار حدود خود در دو دوره دیگر را روی سال ساله سه شد شدند شده شود کرد کردند "
        "کرده کند کنند که ما مورد می نیز نفر نیست هر هم همه همین هنوز و وی یا یک"
    ),
    "fil": (
        "ang ano apat ay at ayon ba bago bawat dahil dalawa dalawang din habang hanggang "
        "hindi ibang ilang isa isang ito kanila kanilang kanyang kapag kasi kay kaya kung "
        "lamang lang loob limang mas mahigit maging mga may matapos mayroon mula muli na nang "
        "naman nasa ng ngayon ngunit ni nila noong ngayong para pagkatapos pero pa po rin sa "
        "saan si sila siya subalit tatlo tatlong tuwing ukol unang upang wala walang yung"
    ),
    "he": (
        "אבל אולי אותה אותו אותם אחד אחת אחרי איך אין אך אל אלה אם אנחנו אני אף את אתם בו בין "
        "בלי גם דבר דרך הוא היא היה היו היתה הייתה הם הן זאת זה זו חדש חדשה חדשים וחצי חצי "
        "יהיה יהיו יותר יש כבר כדי כי כל כמו כמה כן לא לאחר לו לה ליד להם לפני לראשונה מאוד "
        "מה מול מי מן מפני מתוך נגד עד עדיין עוד על עם עצמו פי פחות פעם רק שבו שבה של שלה "
        "שלהם שלו שלוש שלושה שם שנה שנים שני שנייה השני השנייה שתי תחת"
    ),
    "hr": (
        "ako ali bez bi bih bio bila bili bilo biti bit će ćemo dana danas dok dva dvije "
        "dvoje da do ga gdje godina godine godini godinu ih iako ili im iz između ima imaju "
        "je jer još jedan jedna jedno joj kada kako kao koja koje koji kojeg kojem kojima "
        "koju kod kroz manje među mogu može mora moraju nakon nad na ne nego neka neki nije "
        "nisu nju njih njihov njegov njezin o od oko on ona oni ono ova ovaj ove ovi ovo ovog "
        "pa pod po pred preko pri prije protiv sam samo se si smo su sve svi svoj svoje svoju "
        "što ta tada taj tako te ti tijekom toga tri tu u uz više već vrlo za zbog"
    ),
    "hy": ("բայց նրանց նրա նրան այս այդ այն և որ է են էր էին համար մեջ հետ մասին"),
    "id": (
        "ada adalah agar akan akibat antara atas atau awal bagi bahwa baru beberapa belum "
        "besar bisa bukan dalam dan dapat dari demi dengan di dia dua empat hanya hari harus "
        "hingga ini itu jadi jika juga kali karena ke kembali kepada ketika lagi lain lalu "
        "lebih lima masih maupun mereka melalui membuat memakai menilai menjadi namun oleh "
        "orang pada para pekan per pernah pertama pukul puluhan saat saja sampai satu sebagai "
        "sebab sebelum sebuah sejak sekitar selama seluruh semua seorang seperti serta "
        "setelah setiap sudah tahun tak telah tempat tentang terhadap tetapi tidak tiga untuk "
        "warga yang"
    ),
    "is": (
        "að af á án ekki ef eftir ég eða en er eru fyrir frá fram hann hún hafa hefur hafi "
        "hafði við því það þeir þær þau þá þegar þess þessi þetta þar til sem sé sér sig sín "
        "sínum og um upp út var voru verið verður verða vera með mun munu í inn hjá hans "
        "hennar þeirra sagði segir"
    ),
    "ka": (
        "და არ არის იყო იქნება თუ რომ როგორც როგორ მაგრამ ან ის ეს იმ ამ მე შენ ჩვენ თქვენ "
        "ისინი მათ მისი მათი რა რომელიც რომელმაც რომლის რომლებიც სად სადაც როდის როცა უკვე "
        "ასევე მხოლოდ ყველა ძალიან შემდეგ მიერ შესახებ მიხედვით კი აქ იქ უნდა აქვს განაცხადა "
        "არა კიდევ"
    ),
    "kk": (
        "және мен бен пен бұл ол осы сол да де үшін туралы бойынша кейін дейін деп еді екен "
        "болды болып болған бар жоқ емес ғана тек өте сондай сондықтан бірақ немесе әр барлық "
        "қалай не кім біз сіз олар оның олардың"
    ),
    "km": (
        "និង ជា បាន នៅ ក្នុង នេះ នោះ ដែល ទៅ មក ឱ្យ ឲ្យ ពី ដោយ មាន មិន ទេ ថា នឹង ក៏ ដល់ លើ "
        "ក្រោយ មុន ជាមួយ សម្រាប់ អំពី ប៉ុន្តែ ឬ គឺ គេ យើង ខ្ញុំ ពួកគេ គាត់ ទាំង ត្រូវ របស់ តែ"
    ),
    "kn": (
        "ಮತ್ತು ಒಂದು ಈ ಆ ಇದು ಅದು ಎಂದು ಎಂಬ ಆದರೆ ಅಥವಾ ಇದೆ ಇವೆ ಇಲ್ಲ ಕೂಡ ಸಹ ಬಗ್ಗೆ ನಂತರ ಮೊದಲು ಅವರು "
        "ಅವರ ನಾವು ಹೇಳಿದರು ತಿಳಿಸಿದರು ಮಾತ್ರ ಎಲ್ಲ"
    ),
    "lo": (
        "ແລະ ເປັນ ໄດ້ ຢູ່ ໃນ ນີ້ ນັ້ນ ທີ່ ໄປ ມາ ໃຫ້ ຈາກ ໂດຍ ມີ ບໍ່ ວ່າ ຈະ ກໍ ເຖິງ ຫຼັງ ກ່ອນ "
        "ກັບ ສຳລັບ ກ່ຽວກັບ ແຕ່ ຫຼື ແມ່ນ ເຂົາ ພວກ ຂອງ ຕ້ອງ ຂຶ້ນ ລົງ ອອກ"
    ),
    "lt": (
        "iš į už jau kurie kuris kuri kurį kurios buvo yra bus būtų nėra dėl jo jos jų jam "
        "jai juos šis ši šie vėl jie ji jis tai kad kai kaip bet ir ar arba taip pat tačiau "
        "nes per po prie nuo iki su be apie pagal tarp virš dar tik daugiau labai visi visos "
        "viena vieną kiekvienas savo mūsų todėl"
    ),
    "lv": (
        "kas kad tas tā šis šī šie nav ir bija būs vēl savu savas viņš viņa viņi kurš kura "
        "kuri ka lai vai bet arī jau tikai pēc pirms no uz ar par pie līdz starp kā tāpēc "
        "tomēr ļoti vairāk"
    ),
    "mk": (
        "а ако ама без беа беше би бил била биле било бидејќи во веќе врз да дали дека до ги "
        "го е и или им има имаат исто ја јас како кај каде која кои кое кој колку кон кога ќе "
        "ли ме меѓу ми може му на над не него нив ние но од оваа овие овој она онаа оние оној "
        "откако пак па по под пред преку при се сега сè само сите со сум сме сте тие тој таа "
        "тоа така треба ти у уште што за зошто рече изјави"
    ),
    "ml": (
        "ഒരു ഈ ആ ഇത് അത് എന്ന് എന്ന എന്നാൽ അല്ലെങ്കിൽ ഉണ്ട് ഇല്ല കൂടാതെ നിന്ന് വരെ വേണ്ടി "
        "ശേഷം മുമ്പ് അവർ അദ്ദേഹം പറഞ്ഞു മാത്രം എല്ലാ വളരെ"
    ),
    "mr": (
        "आणि व किंवा पण परंतु मात्र तर तरी हा ही हे हि तो ती ते त्या त्यांनी त्यांच्या त्याने "
        "तिने या यांनी यांच्या याच हेच की जे जी ज्या जेव्हा तेव्हा मध्ये साठी कडे वर पर्यंत "
        "पासून नंतर आधी आता अजून सर्व काही एक आहे आहेत होता होती होते असे अशी असा असून आला आली "
        "आले केला केली केले झाला झाली झाले गेला गेली गेले येत येणार करण्यात करून नाही नाहीत खूप "
        "अधिक दरम्यान"
    ),
    "my": (
        "သည် က ကို တွင် မှ နှင့် များ ဖြင့် သော ရန် ခဲ့ ခဲ့သည် ရှိ ရှိသည် ဖြစ်သည် ဟု ကြောင်း "
        "မည် နိုင် အတွက် ပြီး လည်း သို့ သူ ထို ဤ ယင်း ကြ ပါ များက များကို များ၏"
    ),
    "ne": (
        "र को का की मा ले लाई हो छ छन् थियो थिए पनि यो त्यो यस त्यस भने भन्ने गरेको गर्न "
        "गर्ने भएको भएका हुने हुन्छ तथा वा तर अनि पछि अघि साथै लागि बारे सबै कुनै के कसरी उनी "
        "उनले उनको हामी तपाईं नै बाट देखि सम्म अझै अब आएका आएको आज आफ्नो एक एउटा एवं केही गरे "
        "गरेका गर्छन् गरी गरिएको गरिने छैन जना जस्तै जसले तीन तिनी थालेको दिए दिएको दुई न "
        "नयाँ पर्ने फेरि बीच बढी बिना भए भन्दै भन्दा भर मात्र माथि यसले यी राखेको रहेको रहेका "
        "लगायत लाग्ने सँग सो हाल हुँदा हुन होइन"
    ),
    "no": (
        "gjennom allerede alt annet del gang ganger flere mindre større utenfor rundt første "
        "siste neste fikk får går fram etter før blir ble skal kan også bare noe noen alle "
        "hver hvert selv"
    ),
    "pa": (
        "ਦਾ ਦੇ ਦੀ ਦੀਆਂ ਨੂੰ ਨੇ ਵਿੱਚ ਵਿਚ ਤੇ ਅਤੇ ਹੈ ਹਨ ਸੀ ਸਨ ਇਹ ਉਹ ਇਸ ਉਸ ਕਿ ਜੋ ਵੀ ਤੋਂ ਨਾਲ ਲਈ ਹੋ "
        "ਗਿਆ ਗਈ ਕਰ ਕੀਤਾ ਕੀਤੀ ਨਹੀਂ ਪਰ ਜਾਂ ਬਾਰੇ ਬਾਅਦ ਤੱਕ ਹੀ ਰਹੇ ਰਿਹਾ ਰਹੀ ਕਿਹਾ ਸਾਰੇ"
    ),
    "ro": (
        "decât însă încă atât așa față câteva fiindcă când până după către între fără despre "
        "această acest aceasta acești aceste sunt este fost vor va fi și că să pe la în din"
    ),
    "sh": _SOUTH_SLAVIC,
    "si": ("සහ හා එක් මේ ඒ එය මෙම බව කියා නමුත් හෝ ඇත නැත සඳහා ගැන පසු පෙර ඔහු ඇය ඔවුන් අපි පමණක් සියලු"),
    "sk": (
        "aby aj ak ako ale alebo asi až bez bol bola boli bolo bude budú budúci by bývalý cez "
        "čo do dní dňa dva dve ešte ho ich iba im je jeho jej jeden jedna k kde keď ktorá "
        "ktoré ktorého ktorej ktorí ktorú ktorý kým len má majú medzi menej mesiac mesiacov "
        "môže môžu na nad najmenej najviac nebude nie niekoľko než o od okolo on ona oni po "
        "pod podľa pokiaľ počas pred pre preto pri prvý prvá rok roka rokov roku rokmi s sa "
        "sám si so sú svoj svoje ta tak takže tam tento tieto to toho tom tri týždeň týždňov "
        "týždne u už v vo viac všetky však z za zatiaľ že zo"
    ),
    "sq": (
        "a ai ajo aq ato ata as asnjë apo atë atij ca deri dhe do duhet duke e edhe është "
        "ishte ishin janë jam jemi kam kanë ka kishte ku kur këtë këto kjo ky një me më mes "
        "mund na nga nuk në nëse o ose për pas para por pra prej që sa se sepse si sipas tha "
        "të tek tij saj tyre u unë ynë vetëm çdo çfarë ende gjatë disa dy gjithë i jo katër "
        "mbi nën përpara po qenë qe rreth së tre vit vite viti vitin shumë"
    ),
    "sr": _SOUTH_SLAVIC,
    "ta": (
        "என்று என என்ற என்றும் மற்றும் ஒரு இந்த அந்த இது அது அவர் அவர்கள் உள்ள உள்ளது இருந்து "
        "வரை மூலம் பற்றி போது பின்னர் ஆனால் அல்லது மட்டும் மேலும் இல்லை வேண்டும் தெரிவித்தார் "
        "கூறினார்"
    ),
    "te": (
        "మరియు ఒక ఈ ఆ ఇది అది అని కూడా కానీ లేదా అయితే ఉంది ఉన్న ఉన్నాయి నుంచి నుండి వరకు "
        "కోసం గురించి తర్వాత తరువాత ముందు వారు ఆయన ఆమె మేము చెప్పారు తెలిపారు మాత్రమే ఇంకా "
        "చాలా అన్ని"
    ),
    "tr": (  # endings, which Turkish writes behind the apostrophe of a name
        "da dan de den ta tan te ten ya ye yi yı yu yü na ne ni nı nu nü la le daki deki taki teki "
        "nin nın nun nün in ın un ün ini ını unu ünü ine ına una üne inin ının unun ünün inde "
        "ında unda ünde inden ından undan ünden lar ler ları leri lara lere ların lerin larda "
        "lerde lı li lu lü si sı su sü sini sını sunu sünü dır dir dur dür tır tir"
    ),
    "uk": (
        "самі тут там тепер потім наступного навіть поки вже ще лише тільки щоб після через "
        "його її їх їм цей ця це ці цього цієї цих той та те ті того тих вже уже ще також "
        "тому тільки лише після перед під над біля через для без при про між був була було "
        "були буде будуть є має мають може можна треба який яка яке які якого яких якій коли "
        "де куди звідки чому як що щоб хто кого кому чим якщо або але проте однак бо адже ж "
        "же б би не ні ані з із зі від до на у в по за й і усі всі весь вся все кожен сам "
        "сама себе свій своя своє свої своїх ми ви він вона воно вони нас вас них ним неї я "
        "ти каже сказав сказала заявив заявила"
    ),
    "ur": (
        "اس ان اپنا اپنی اپنے اور اب اگر ایک بعد بھی بہت تا تاکہ تک تو تھا تھی تھے تھیں جا جانا "
        "جاتا جاتی جاتے جائے جائیں جب جبکہ جس جن جو جیسے چاہیے چکا چکی چکے حالانکہ خود درمیان "
        "دوران دی دیا دیے دینا دینے ذریعے رہا رہی رہے ساتھ سب سے سکتا سکتی سکتے صرف طرح طرف طور "
        "علاوہ کا کب کہ کہاں کر کرتا کرتی کرتے کرنا کرنے کرے کریں کسی کم کو کوئی کون کہیں کچھ "
        "کی کیا کیوں کیونکہ کیے کے گا گی گے گیا گئی گئے لگا لگی لگے لیا لیے لیکن میں مگر مزید "
        "نہ نہیں نے وہ وہاں والا والی والے ہم ہو ہوا ہوئی ہوئے ہوتا ہوتی ہوتے ہونا ہونے ہوں "
        "ہوگا ہوگی ہی ہے ہیں یا یہ یہاں پر پھر پہلے آپ انہوں انھوں انہیں انھیں اسے اسی جنہوں "
        "کئی لوگ"
    ),
    "uz": (
        "va yoki bu shu u ham bilan uchun lekin ammo ekan edi esa emas bor keyin oldin haqida "
        "kabi kerak bolgan boldi deb dedi har barcha men sen biz siz ular uning ularning "
        "faqat juda"
    ),
}

FUNCTION_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
"""Function words by language (ISO 639)."""

_CYRILLIC = dict(zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True))
_DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ"}


def in_cyrillic(word: str) -> str:
    """Write a Serbian word in Cyrillic letters."""
    for latin, cyrillic in _DIGRAPHS.items():
        word = word.replace(latin, cyrillic)
    return "".join(_CYRILLIC.get(letter, letter) for letter in word)
