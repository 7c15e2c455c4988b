"""The words by which mail programs introduce what they quote or forward, in many languages; all in lower case."""

from __future__ import annotations

from mailgateway.listed import phrases, words

VERBS = words(
    """
    wrote writes written sent schrieb schrieben schreibt geschrieben écrit ecrit écrivait escribió escribio escribe escribí
    scritto scrive schreef schreven geschreven napisał napisał(a) napisała napisal napisala napsal napsala napsal(a)
    napísal napísala napísal(a) napisao napisala napisao/la pisze píše skrev skriver skrevet skrivit kirjoitti kirjoittaa
    escreveu escreve написал написала написал(а) пишет написав написала пише написа írta yazdı yazdi yazmış scris έγραψε
    kirjutas rakstīja rašė escriure menulis napisałeś schriebst schrieben 写道 寫道 писал писала escrit viết
    zitat zitiere quoting citando citerar cytat citace citát
    написал(a) написали skreiv napísali napisali pisał
    """
)
"""Said of the quoted writer; matched as whole words."""

VERBS_WITHIN = (
    "写道",
    "寫道",
    "さんは書きました",
    "のメール",
    "作成しました",
    "님이 작성",
    "작성:",
    "đã viết",
    "כתב",
    "كتب",
    "さんからの",
)
"""The same in scripts that do not part words."""

OPENERS = words(
    """
    on am le el il op den em dnia w dne dňa du a a(z) em, vào pada på den: the at um em: on: în la på za dana ב- בתאריך в во
    el: le: il: om am: på: mail message nachricht date datum
    """
)
"""The first words of an attribution line whose date follows at once."""

WEEKDAYS = words(
    """
    mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday
    mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche
    mié mie jue vie sáb sab dom lunes martes miércoles jueves viernes sábado domingo
    gio lunedì martedì mercoledì giovedì venerdì sabato domenica
    ma wo vr za zo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    pon wt śr czw pt sob niedz poniedziałek wtorek środa czwartek piątek sobota niedziela
    po út st čt pá so ne pondělí úterý středa čtvrtek pátek neděle pondelok utorok streda štvrtok piatok nedeľa
    man tir ons tor lør søn mandag tirsdag onsdag torsdag fredag lørdag søndag
    mån tis fre lör sön måndag tisdag lördag söndag
    ke pe la su maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai maanantaina tiistaina keskiviikkona
    torstaina perjantaina lauantaina sunnuntaina
    seg ter qua qui sex segunda terça quarta quinta sexta segunda-feira terça-feira quarta-feira quinta-feira sexta-feira
    пн вт ср чт пт сб вс нд понедельник вторник среда четверг пятница суббота воскресенье понеділок вівторок середа
    pzt sal çar per cum cmt paz pazartesi salı çarşamba perşembe cuma cumartesi pazar
    hétfő kedd szerda csütörtök péntek szombat vasárnap lun. mar. mie. joi vin. sâm. luni marți miercuri vineri
    """
)

FIRST_PERSON = words("ich wir i we je nous yo nosotros io noi ik wij jag vi jeg ja já my eu nós я мы ben biz én mi")
"""Beside the verb: the writer speaks of what they wrote themselves."""

SMALL_WORDS = words(
    """
    am um at on von van de der den dem het volgende via kl o le à uhr und zu a als a.m p.m pm am h h. uur ore às das do la las
    el los du des di del della da dos e y et en og och i v w г г. в во klo время um. pm. folgendes folgende following the to
    und: nachm vorm nachm. vorm. godz. godz użytkownik uživatel používateľ пользователь користувач от tarihinde şunu şöyle
    időpontban ezt ha az hat has heeft har ont avez a(z) il
    """
)
"""Words in lower case that an attribution line may hold beside names."""

DIVIDERS = phrases(
    """
    original message|ursprüngliche nachricht|urspruengliche nachricht|originalnachricht|original-nachricht|original nachricht
    antwort nachricht|message d'origine|message d’origine|message original|message initial|mensaje original
    messaggio originale|messaggio originario|oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht
    wiadomość oryginalna|oryginalna wiadomość|oryginalna wiadomosc|původní zpráva|puvodni zprava|pôvodná správa
    oprindelig meddelelse|oprindelig besked|opprinnelig melding|den ursprungliga meddelandet|originalmeddelande
    ursprungligt meddelande|ursprungsmeddelande|alkuperäinen viesti|viestin alkuperäinen sisältö|mensagem original
    исходное сообщение|исходное письмо|оригинальное сообщение|вихідне повідомлення|eredeti üzenet|orijinal ileti
    orijinal mesaj|özgün ileti|mesajul original|mesaj original|izvorna poruka|izvirno sporočilo|originalna poruka
    оригинално съобщение|αρχικό μήνυμα|הודעה מקורית|الرسالة الأصلية|元のメッセージ|原始邮件|原始郵件|原郵件|원본 메시지
    mail original|courriel original|e-mail original|correo original|email original|original email|original mail|ursprüngliche e-mail|ursprüngliche mail|originalmail|reply message|antwortnachricht
    původní e-mail|pôvodný e-mail|oorspronkelijke e-mail|e-mail originale|e-mail d'origine|oryginalny e-mail
    message précédent|originele bericht|original appointment|ursprünglicher termin|tin nhắn gốc|algne kiri|original-mail
    """
)
"""Between dashes: what follows is the mail that is answered."""

FORWARD_DIVIDERS = phrases(
    """
    forwarded message|forwarded by|weitergeleitete nachricht|weitergeleitete e-mail|weitergeleitete mail|weitergeleitet von
    message transféré|message transmis|message réexpédié|message transfere|mensaje reenviado|messaggio inoltrato
    doorgestuurd bericht|doorgezonden bericht|wiadomość przesłana dalej|przekazana wiadomość|treść przekazanej wiadomości
    přeposlaná zpráva|preposlaná správa|preposlana sprava|videresendt meddelelse|videresendt besked|videresendt melding
    vidarebefordrat meddelande|vidarebefordrat mejl|välitetty viesti|välitetty viesti / fwd.msg|mensagem encaminhada
    mensagem reencaminhada|пересылаемое сообщение|перенаправленное сообщение|пересланное сообщение|переслане повідомлення
    továbbított üzenet|továbbított levél|iletilen mesaj|iletilen ileti|iletilmiş ileti|i̇letilmiş i̇leti|yönlendirilmiş mesaj|mesaj redirecționat|mesaj redirectionat
    mesajul redirecționat|proslijeđena poruka|posredovano sporočilo|препратено съобщение|προωθημένο μήνυμα|הודעה שהועברה
    メッセージを転送|転送されたメッセージ|転送メッセージ|转发的邮件|转发邮件|轉寄郵件|轉寄的郵件|전달된 메시지|missatge reenviat|edastatud kiri
    begin forwarded message|inline forwarded message|forwarded mail|forwarded email|fwd.msg|edasi saadetud kiri
    пересланное письмо|переадресоване повідомлення|redirected message|forwarded conversation
    """
)
"""Between dashes: what follows is forwarded."""

FORWARD_STARTS = phrases(
    """
    begin forwarded message|forwarded message|start of forwarded message|anfang der weitergeleiteten nachricht
    weitergeleitete nachricht|anfang der weitergeleiteten e-mail|début du message réexpédié|début du message transféré
    inicio del mensaje reenviado|inizio messaggio inoltrato|inizio del messaggio inoltrato|begin doorgestuurd bericht
    doorgestuurd bericht|początek przekazywanej wiadomości|začátek přeposílané zprávy|začiatok preposlanej správy
    start på videresendt besked|start på vidarebefordrat brev|påbegynt videresendt melding|videresendt melding|vidarebefordrat mejl
    vidarebefordrat meddelande|välitetty viesti|välitetty viesti alkaa|início da mensagem encaminhada
    início da mensagem reencaminhada|начало переадресованного сообщения|початок листа, що пересилається
    továbbított levél kezdete|továbbított levél|iletilen ileti başlangıcı|i̇leti başlangıcı|ileti başlangıcı|începe mesajul redirecționat
    započni proslijeđenu poruku|početak proslijeđene poruke|начало на препратеното съобщение|έναρξη προωθημένου μηνύματος
    転送されたメッセージ|转发的信息|开始转发的邮件|開始轉寄郵件|전달된 메시지 시작|inici del missatge reenviat|weitergeleitete e-mail
    """
)
"""On a line of their own, ended by a colon: what follows is forwarded."""

REPLY_ABOVE = (
    *(
        "reply above this line",
        "write above this line",
        "type your reply above",
        "please reply above",
        "reply above the line",
    ),
    *(
        "antwort oberhalb dieser",
        "antworten sie oberhalb",
        "oberhalb dieser linie",
        "oberhalb dieser zeile",
        "über dieser linie",
    ),
    *("über dieser zeile", "antwort über dieser", "répondez au-dessus", "répondre au-dessus de cette ligne"),
    *("au-dessus de cette ligne", "responda encima de esta línea", "por encima de esta línea", "sopra questa linea"),
    *(
        "sopra questa riga",
        "boven deze regel",
        "boven deze lijn",
        "powyżej tej linii",
        "nad tímto řádkem",
        "ovanför denna rad",
    ),
    *("ovenfor denne linje", "over denne linjen", "acima desta linha", "выше этой строки", "bu satırın üstüne"),
)
"""What a support desk writes above the history in its own mails."""

HISTORY = frozenset(
    ("previous replies", "frühere antworten", "vorherige antworten", "bisheriger verlauf", "réponses précédentes")
)
"""Heads the history in a notification that is answered."""

FORWARD_PREFIXES = words(
    """
    fw fwd wg tr rv i vs vb vl pd pf fs enc ileti i̇leti yml yönlendir doorst redirecționat redirectionat prosl proslijeđeno pt vds
    továbbítás továbbítva továbbított edasi inoltra inoltrato weitergeleitet weiterleitung 转发 轉寄 転送 전달 trs res-fwd odp-fwd fyi-fwd
    redir videresend videresendt videresending přep preposl reenv reenviado vidarebefordrat doorgestuurd fyi
    wtrlt posl отв-пер пересл пер tm rvu vid vidaresent przekazano edasta
    """
)
"""What mail programs put before the subject of a forwarded mail."""

REPLY_PREFIXES = words(
    """
    re aw antw antwort sv rif ris r odp res отв atb ynt vá vast vl: réf ref réponse respuesta resposta ответ bls 回复 回覆 返信 답장
    αντ απ σχετ yan cevap odg odgovor ha tb
    """
)
"""What mail programs put before the subject of an answer."""
