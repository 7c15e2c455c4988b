"""The words of out-of-office notices in the languages of the desk's customers; all in lower case."""

from __future__ import annotations

from mailgateway.listed import phrases

SURE_SUBJECTS = phrases(
    """
    abwesenheitsnotiz|abwesenheitsmeldung|abwesenheitsbenachrichtigung|automatische antwort|automatische abwesenheitsnotiz
    autoantwort|automatische rückmeldung|automatische abwesenheitsmeldung|abwesenheitsassistent|urlaubsbenachrichtigung
    automatische eingangsbestätigung|automatische empfangsbestätigung|abwesenheitsinformation|automatische e-mail-antwort
    automatic reply|auto reply|autoreply|auto-reply|auto response|autoresponse|auto-response|automatic response|auto:
    automated reply|automated response|out of office|out-of-office|ooo|out of the office|automatic out of office|vacation reply
    out of office autoreply|out of office reply|away from my mail|vacation message|vacation:|autoresponder|autosvar
    réponse automatique|reponse automatique|message d'absence|absence du bureau|absent du bureau|réponse d'absence
    respuesta automática|respuesta automatica|fuera de la oficina|fuera de oficina|mensaje de ausencia|contestación automática
    risposta automatica|fuori sede|fuori ufficio|assente dall'ufficio|risposta di assenza|assenza dall'ufficio
    automatisch antwoord|automatische beantwoording|afwezigheidsbericht|afwezigheidsassistent|niet op kantoor|automatisch bericht
    automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|poza biurem|informacja o nieobecności
    resposta automática|resposta automatica|fora do escritório|ausência temporária|mensagem de ausência
    automatiskt svar|autosvar|frånvaromeddelande|inte på kontoret|automatisk svar|autosvar|fraværsmelding|ikke til stede
    automaattinen vastaus|poissaoloilmoitus|poissa toimistosta|poissaoloviesti
    automatická odpověď|automatická odpoveď|mimo kancelář|nepřítomnost v kanceláři|oznámení o nepřítomnosti
    автоматический ответ|автоответ|автоматична відповідь|automatikus válasz|otomatik yanıt|ofis dışında|răspuns automat
    afwezigheidsmelding|ausencia de la oficina|fraværsassistent|avtomatski odgovor|automatski odgovor|αυτόματη απάντηση
    automatic answer|abwesenheits-notiz|antwort: abwesend|automatisch gegenereerd antwoord|respuesta de ausencia|dovolenka -
    自動応答|不在通知|自动答复|自动回复|自動回覆|자동 회신|부재중
    """
)
"""A subject that begins so, and goes on with the subject of the answered mail or not at all, is a notice."""

MAYBE_SUBJECTS = phrases(
    """
    abwesend|abwesenheit|nicht im büro|im urlaub|urlaub|außer haus|elternzeit|in elternzeit|krankheitsbedingt|betriebsferien
    ich bin nicht im büro|ich bin im urlaub|ich bin nicht da|bin im urlaub|i am out of the office|i'm out of the office
    i am on vacation|i am on leave|i'm on vacation|on annual leave|je suis absent|estoy fuera|ik ben afwezig
    away|absent|vacation|on vacation|on leave|annual leave|holiday|maternity leave|parental leave|i am away|not in the office
    absence|absent(e)|congés|en congé|en vacances|ausente|ausencia|vacaciones|de vacaciones|assente|assenza|ferie|in ferie
    afwezig|afwezigheid|vakantie|met vakantie|nieobecność|nieobecna|nieobecny|urlop|na urlopie|ausência|férias|frånvarande
    frånvaro|semester|fraværende|fravær|ferie|på ferie|på semester|poissa|lomalla|nepřítomen|nepřítomnost|dovolená|отпуск
    """
)
"""A subject that begins so is a notice where the text says the same."""

ABSENT = phrases(
    """
    nicht im büro|nicht im hause|nicht im haus|außer haus|ausser haus|abwesend|nicht erreichbar|im urlaub|in urlaub|nicht am platz
    in elternzeit|im mutterschutz|nicht persönlich erreichbar|wieder im büro|wieder erreichbar|zurück im büro|wieder im haus
    bin erst am|erst wieder am|bin erst wieder|geschlossen|nicht mehr für|nicht mehr bei|hat unser unternehmen verlassen
    aus dem unternehmen ausgeschieden|no longer work|no longer employed|no longer with|have left the company|has left the company
    ne travaille plus|ya no trabajo|non lavoro più|werk niet meer|werkzaam|už nepracuj|już nie pracuj
    wieder für sie da|wieder da|auf dienstreise|nicht an meinem arbeitsplatz|keinen zugriff auf meine e-mails|betriebsferien
    out of the office|out of office|out of my office|away from the office|away from my desk|on vacation|on annual leave|on leave
    on holiday|currently away|i am away|i'm away|be away|not in the office|returning to the office|return to the office
    back in the office|limited access to|intermittent access|no access to email|maternity leave|parental leave|on sick leave
    absent du bureau|absente du bureau|absent(e) du bureau|suis absent|suis absente|en congé|en vacances|de retour|en déplacement
    fuera de la oficina|estoy ausente|de vacaciones|estaré ausente|no estoy en la oficina|estaré fuera|de baja
    fuori ufficio|fuori sede|sono assente|sarò assente|in ferie|non sono in ufficio|assente dall'ufficio|sarò fuori
    niet op kantoor|niet aanwezig|afwezig|met vakantie|op vakantie|ben terug op|weer aanwezig|terug op kantoor|afwezigheid
    poza biurem|jestem nieobecn|na urlopie|nieobecna w biurze|nieobecny w biurze|będę nieobecn|przebywam na urlopie
    fora do escritório|estou ausente|estarei ausente|de férias|em férias|inte på kontoret|på semester|frånvarande|har semester
    ikke på kontoret|på ferie|ferie til|fraværende|ikke til stede|poissa toimistosta|olen poissa|lomalla|olen lomalla|en ole paikalla
    mimo kancelář|nejsem v kanceláři|na dovolené|mám dovolenou|jsem nepřítom|nepřítomn|в отпуске|отсутствую|нет в офисе
    szabadságon|nem vagyok az irodában|ofis dışındayım|izindeyim|în concediu|nu sunt în birou|不在|休假|外出
    """
)
"""The writer is away."""

AUTOMATIC = phrases(
    """
    dies ist eine automatische|diese nachricht wurde automatisch|diese e-mail wurde automatisch|automatisch generiert
    automatisch erzeugt|automatische antwort|automatisch versendet|bitte antworten sie nicht auf diese|automatische nachricht
    this is an automatic|this is an automated|this message was automatically|automatic reply|automated response|auto-reply
    automatically generated|autoresponder|do not reply to this|please do not reply|réponse automatique|message automatique
    respuesta automática|mensaje automático|risposta automatica|messaggio automatico|automatisch gegenereerd|automatisch antwoord
    wiadomość wygenerowana automatycznie|automatyczna odpowiedź|resposta automática|mensagem automática|automatiskt svar
    diese mail wurde automatisch|automatisch erstellt|automatisch verschickt|this is an auto|sent automatically
    automatisk svar|automaattinen|automatická odpověď|автоматический ответ|ist eine automatisierte|automatisierte antwort
    """
)
"""The text names itself automatic."""

THANKS = phrases(
    """
    vielen dank für ihre nachricht|vielen dank für ihre e-mail|vielen dank für ihre mail|danke für ihre nachricht|danke für deine
    danke für ihre e-mail|danke für ihre mail|vielen dank für deine|besten dank für ihre|herzlichen dank für ihre|ihre nachricht
    ihre e-mail|ihre email|ihre mail|thank you for your email|thank you for your e-mail|thank you for your message
    thanks for your email|thanks for your message|thank you for contacting|your message|your email|your e-mail|votre message
    votre courriel|votre mail|votre e-mail|su mensaje|su correo|tu correo|su messaggio|sua e-mail|vostra mail|tua mail
    uw bericht|uw e-mail|uw mail|je bericht|je mail|dziękuję za wiadomość|państwa wiadomość|sua mensagem|seu e-mail|ditt mejl
    ditt meddelande|din mail|din besked|din e-mail|din e-post|viestistäsi|vaši zprávu|za váš e-mail|ваше письмо|ваше сообщение
    """
)
"""The text speaks of the mail that it answers."""

MEANWHILE = phrases(
    """
    in dringenden fällen|in dringenden angelegenheiten|bei dringenden|wenden sie sich|wende dich|meine vertretung|mein vertreter
    erreichen sie|schreiben sie an|kontaktieren sie|werden nicht gelesen|wird nicht gelesen|lese keine mails
    please send|send your message|please direct|contacte a|écrivez à|kontakta|ota yhteyttä|kontakt venligst|läser inte
    vertritt mich|meine kollegin|mein kollege|meine kollegen|nicht weitergeleitet|wird nicht weitergeleitet|nicht gelesen
    nach meiner rückkehr|sobald ich wieder|ab dem|bis einschließlich|bis zum|zurück am|zurück bin|zurück sein|schnellstmöglich
    for urgent|in urgent cases|urgent matters|if urgent|in my absence|please contact|upon my return|on my return|when i return
    as soon as i return|until|will respond|will reply|get back to you|en cas d'urgence|en mon absence|veuillez contacter|jusqu'au
    à mon retour|en caso de urgencia|en mi ausencia|a mi regreso|hasta el|póngase en contacto|in caso di urgenza|in mia assenza
    al mio rientro|fino al|contattare|bij dringende|voor dringende|tot en met|contact opnemen met|bij mijn terugkomst|w pilnych sprawach
    proszę o kontakt|do dnia|po powrocie|em caso de urgência|na minha ausência|até o dia|até dia|vid brådskande|till och med
    i brådskande|ved hastende|til og med|haster det|kiireellisissä|v naléhavých|v nutných případech|obraťte se|по срочным
    """
)
"""The text says when or to whom else to turn."""
