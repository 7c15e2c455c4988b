"""The words by which customers tell of an emergency, German and English. Data, no code: extend it here.

Each line names a meaning, and words folded as `threads.words.fold` does. `word*` is every word that begins so, `*word`
every compound that ends so; any other word also fits in the forms that a loose stem makes equal, and mistyped.
"""

from __future__ import annotations

from types import MappingProxyType

_MEANINGS = {
    # what can fail
    "server": """
        server sever *server vserver rootserver vps vm vms hypervisor *hypervisor rechenzentrum datacenter datacentre cluster
        *cluster node nodes knoten host hosts kubernetes k8s pods maschine maschinen machine machines kiste storage
        *storage nas raid firewall *firewall loadbalancer balancer backend backends frontend frontends produktivsystem
        livesystem *hosting instanz instance webhosting virtualisierung esx esxi proxmox vcenter san router switch
        volume infrastruktur infrastructure umgebung environment rz rack racks *rechner blade production prod
    """,
    "site": """
        website websites *website webseite *webseite webauftritt internetauftritt *auftritt homepage *homepage
        internetseite seite seiten *seite *seiten site sites webshop *shop shop shops store storefront portal *portal
        page pages *page landingpage internetpraesenz webpraesenz onlinepraesenz praesenz domain domains *domain
        plattform *plattform platform platforms webstore blog extranet konfigurator marktplatz marketplace magento shopware wordpress woocommerce shopsystem app apps onlineladen internetladen onlinegeschaeft
        *app webapp intranet
    """,
    "service": """
        datenbank *datenbank database databases db mysql postgres postgresql mariadb mongodb redis sqlserver
        telefonanlage *telefonanlage telefonie vpn *vpn kasse kassen *kasse *kassen system systeme systems dienst service netz netzausfall internetausfall kassensystem till tills pos
        buchungssystem *buchungssystem *buchung bestellsystem reservierungssystem *system *systeme warenwirtschaft wawi
        erp sap crm dms api apis *api schnittstelle dns nameserver exchange nextcloud owncloud checkout rdp citrix
        terminal fileserver samba active directory ldap sso mailsystem *datenbanken *software lagerverwaltung
        zeiterfassung lohnprogramm *programm cloud *cloud shipping gateway *gateway queue rabbitmq elasticsearch
        fernzugriff phone dienste services netzwerk network leitung standleitung anbindung connectivity glasfaser
        engine *engine *speicher warenkorb bezahlvorgang cart basket moodle ilias sharepoint jira confluence gitlab odoo datev dynamics navision teamspeak plesk typo3 bigbluebutton
        wms zammad lexware minecraft kundendatenbank ticketsystem wiki forum zahlungsart zahlungsarten zahlungsanbindung bezahlung bezahlsystem laufwerk laufwerke *laufwerk drive drives share shares
    """,
    "weak": """
        anruf anrufe calls mail mails email emails *mail *mails *postfaecher postfaecher mailversand mailempfang mailverkehr bestellung
        bestellungen order orders booking bookings zahlung zahlungen payment payments internet dienst service software programm programme anwendung anwendungen application applications login logins
        anmeldung zugang mailbox mailboxes auftrag auftraege inbox outlook daten dateien data files telefon telefone
        phones auth authentication authentifizierung signin
    """,
    "certificate": "zertifikat zertifikate *zertifikat certificate certificates cert certs ssl tls https",
    "all": "alles everything saemtliches allesamt",
    "firm": """
        produktion betrieb geschaeft laden firma unternehmen *betrieb *abteilung lager praxis kanzlei werk fertigung
        business operations warehouse office production versand logistik auslieferung buero callcenter
    """,
    "we": "wir uns unser unsere unserem unseren unserer unseres we our us ours",
    "mine": "ich mein meine meinem meinen meiner mir mich my i ive",
    # that it fails
    "down": """
        offline down ausgefallen abgestuerzt abgeschmiert gecrasht gecrashed crashed crashes crash tot unerreichbar
        unreachable unresponsive unavailable inaccessible zusammengebrochen mausetot ausgegangen lahmgelegt lahm totalausfall ausfall *ausfall
        absturz outage outages stillstand standstill dead kaputt defekt broken borked toast *absturz hinueber eingefroren
        frozen hangs hung ausfaelle *ausfaelle serverdown knallt vollausfall komplettausfall teilausfall downtime
        unbenutzbar unusable unbrauchbar stoerung *stoerung gestoert ausgestiegen weggebrochen verreckt gestorben died
        nonfunctional systemausfall disrupted blackout kaltgestellt failing failure tilt ausgesperrt unaufrufbar
        platt aufgehaengt ueberlastet overloaded bootloop zerschossen geschrottet verabschiedet bricked wiped crasht unhealthy evicted terminated paketverlust
        collapsed collapses streikt spinnt lahmliegt abgeraucht abgekackt abschmiert abstuerzt ausfaellt
    """,
    "fault": """
        servfail nxdomain notready crashloopbackoff timeout timeouts timeouted zeitueberschreitung fehlerseite fehlerseiten
        errorpage panic bluescreen whitescreen oomkilled unroutable segfault
    """,
    "error": "fehler error errors fehlermeldung fehlermeldungen *fehler meldung exception exceptions forbidden",
    "hacked": """
        gehackt hacked hijacked defaced gekapert kompromittiert compromised ransomware erpresser erpressernachricht
        erpressungstrojaner verschluesselungstrojaner *trojaner ransom ransomnote loesegeld loesegeld* *loesegeld schadsoftware malware
    """,
    "only": "nur only just lediglich ausschliesslich dauernd every jeder jedem jeden immer permanent always sofort nothing",
    "shows": "steht erscheint erscheinen zeigt zeigen shows show says say sieht sehen see sees seeing gets getting bekommt bekommen shown",
    "fails": "fail fails failing fehl fehlschlagen fehlschlaegt abbricht abbrechen aborts abort aborting bricht brechen",
    "billed": "berechnet billed charged abgerechnet invoiced verrechnet gutschrift gutgeschrieben refund",
    "finds": "meldet find findet finden finds",
    "hung": "haengt haengen",
    "lost": "verloren lost failed fehlgeschlagen fehlschlug getrennt abgebrochen dropped abgerissen gekappt abgelehnt declined rejected zurueckgewiesen",
    "foreign": "fremd fremde fremden fremder fremdes fremdem",
    "link": "access zugriff zugang cards karten kartenzahlungen verbindung verbindungen connection connections link contact anbindung anfragen requests zahlungen payments",
    "expired": "abgelaufen ausgelaufen expired ungueltig invalid untrusted unsicher lapsed",
    "blocked": "gesperrt suspended geblockt blockiert blocked block blocks blocking blocken blockieren parkseite parked",
    "gone": "weg wech futsch gone vanished verschwunden",
    "stands": "steht stehen stillsteht stillstehen stockt ruht idle idling stranded halted",
    "not": """
        nicht nich net ned nit ncht nichts nix kein keine keinen keinem keiner keines keinerlei niemand niemanden niemandem
        nie nimmer nirgends weder ohne not no none nobody noone nothing never cant cannot wont doesnt dont isnt arent didnt
        couldnt wasnt werent hasnt havent hadnt zero unable neither nor unmoeglich impossible stopped refuses refusing refused
        refuse fails without verweigert verweigern aufgehoert kann's kannnicht
    """,
    "nobody": """
        niemand niemanden niemandem keiner nobody noone none
    """,
    "nothing": "nichts nix nothing garnichts",
    "able": """
        erreichbar zugaenglich accessible erreichen erreicht erreiche erreichst antwort* reagier* lauf laeuft laufen lief liefen geht gehen ging
        gingen gehts funktion* funzt funkt* funzen funktioniert laedt laden laedst lad oeffn* oeffnet start* startet
        weiterarbeiten react reacts reacting take anpingbar hochfahren faehrt fahren hoch boot* einlogg* anmeld* login log logging verbind* connect* zugriff zugreif* empfang*
        empfaengt send* versend* versand verschick* aufruf* aufger* abruf* verfuegbar *bar online nutz* benutz* bestell*
        kauf* bezahl* kommt kommen komme kam kamen komm kriegt kriegen bekommt bekommen erhalten ankommen angezeigt aufgeloest
        loest resolves resolve resolving auffindbar gefunden found tut tuts tun klappt klappen einhaengen mounten mount arbeiten work
        works working worked reach* respond* load* loading open* sign signin access* receiv* available get gets gotten order
        ordering buy* pay paying ping* pingbar ssh use using usable come comes coming accept* liefer* pass passing boots run runs
        running start starts starting boot log connection connections verbindung verbindungen ausgelie* ausgeliefert
        annehmen nimmt angenommen pingen rein durch erscheint display displays show serve serving serves deliver* zustell*
        speicher* aufgehen auf verarbeit* process processes processing recover* einsehen abwickeln reinkommen arbeitet
        kassier* telefonier* abschliessen ausloes* anrufen call calls buchen book operate erreichst ausstellen
        ansprechbar hochzufahren raus weiter durchfuehren issue ship shipping anschauen bedienen spin spins durchkommen
        answer* talk go goes proceed complete completing dial synchronisier* sync syncs ausfuehren hochgekommen hochkommen hochzukommen gestartet gebootet geladen geantwortet verbunden reachable drankommen drauf draufkommen
        einwaehlen bekomme kriege hergestellt aufgebaut established verkauf* bucht session sessions sitzung sitzungen einschalt* anschalt* wiederherstell*
    """,
    "login": "einlogg* anmeld* login logins log logging sign signin zugang",
    # who is affected
    "scope": """
        niemand niemanden niemandem keiner keinem alle allen tausende hunderte dutzende thousands hundreds dozens fans aller saemtliche saemtlichen jeder jeden kunde kunden kundinnen *kunden mitarbeiter
        mitarbeitern *mitarbeiter mitarbeitende kollegen kolleginnen leute belegschaft firma unternehmen betrieb
        buero standort standorte standorten *standorte filiale filialen *filialen gaeste gaesten mandanten patienten kompletten komplettem besucher
        mieter mietern buerger lehrer eltern aerzte pfleger residents citizens parents doctors nurses tenants dealers mieter schueler studierende studenten teilnehmer haendler partner nutzer benutzer user anwender komplett kompletter
        komplette komplettes vollstaendig gesamt* ganze ganzer ganzes ganzen totalausfall umsatz produktion notfall
        arbeitsunfaehig firmenweit nirgends ueberall arbeitsplaetze verlieren haus nobody noone everyone everybody all
        customers customer clients client staff employees office company business colleagues users patients guests
        visitors branches branch entire whole none losing lost revenue standstill production emergency completely
        totally everywhere sites students members shoppers buyers anyone anybody warehouse department tenants abteilung
        abteilungen werk geschaeftskritisch bestellen mehrere zentrale jede jedes every each stores fleet
        agents drivers fahrer techniker einzige einziger einzigen single
    """,
    "broken_by_part": """
        skript script *skript *script cronjob cron plugin plugins *plugin modul module link links *link button buttons knopf
        formular *formular form forms suche *suche search pdf *pdf download *download upload *upload bild bilder *bild *bilder darkmode image images uebersetzung uebersetzungen translation translations wortlaut
        video videos font schrift schriftart logo menue menu filter export *export import *import backup *backup backups newsletter
        *newsletter feld felder field statistik widget banner captcha foto fotos photo photos picture pictures teamseite unterseite kommentar kommentare passwort *passwort password
        druck signatur signature vorlage template tippfehler typo rechnung invoice filterung
        weiterleitung forwarding alias abwesenheit kalender calendar favicon sitemap icon abwesenheitsnotiz rabattcode
        gutschein gutscheincode coupon voucher slider dropdown tooltip farbe farben color colour zeile telefonnummer nummer ziffer *nummer umlaut umlaute sonderzeichen
    """,
    "person": """
        herr frau herrn mr mrs ms telefonisch hotline support ansprechpartner ansprechpartnerin chef kollegin phone techniker
        berater vertrieb handynummer telefonnummer nummer urlaub vacation holiday
    """,
    "other": """
        drucker *drucker printer handy smartphone laptop notebook tastatur monitor maus headset outlook pc kaffeemaschine
        tablet auto car aufzug heizung fax scanner iphone thunderbird kopfhoerer headphones keyboard fernseher telefon
        mouse webcam toner usb stick kabel cable ladegeraet charger
    """,
    # when, whether, whose
    "now": """
        seit jetzt gerade aktuell momentan derzeit soeben nun heute inzwischen since now currently today immer
        weiterhin eben still ploetzlich suddenly moment vorhin mittlerweile
    """,
    "was": "gewesen war waren hatte hatten wurde wurden was were had gab ausfiel ausfielen fiel fielen",
    "remote": """
        gestern vorgestern letzte letzten letzter letztes letztem vorige vorigen voriges voriger vergangene vergangenen vergangenem
        vergangenes vergangener neulich kuerzlich kurzzeitig zeitweise damals frueher yesterday last recently briefly
        previous earlier formerly january january februar february maerz march april mai juni june juli
        july august september oktober october november dezember december januar quartal quarter jahr year vorjahr
    """,
    "day": """
        montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag monday tuesday wednesday thursday
        friday saturday sunday wochenende weekend
    """,
    "coming": """
        morgen uebermorgen naechste naechsten naechster naechstes kommende kommenden kommender tomorrow next upcoming demnaechst
        kuenftig bald soon
    """,
    "planned": """
        wartung *wartung wartungsarbeiten wartungsfenster wartungsarbeit maintenance geplant geplante geplanten geplanter
        planned scheduled angekuendigt angekuendigte angekuendigten abgeschaltet abschaltung abschalten decommission*
        herunterfahren runterfahren shutdown migration *umzug umzug umziehen betriebsferien wartungsbedingt
    """,
    "drill": """
        uebung simulieren simulation simulate simulated simulating drill ernstfall uebungsszenario rehearsal probealarm probealarmierung alarmprobe fiktiv fiktive fiktiver fiktives fictitious
        notfalluebung feueruebung exercise pretend *uebung schulung training tabletop
    """,
    "takes": """
        nehmen nehmt nehme nimm nimmst take taking schalte schalten schaltet stellen stellt setzen setzt put bring stelle
        setze switch turn shut
    """,
    "hedged": """
        manchmal oft oefter oefters haeufig gelegentlich staendig sometimes often ever occasionally jemals einmal
        always frequently regularly
    """,
    "would": "wuerde wuerden waere waeren would might koennte koennten could haette haetten",
    "future": "wird werden wirst will shall going",
    "be": "sein be bleiben remain",
    "test": """
        testserver testsystem testumgebung teststellung staging stagingserver sandbox testinstanz *testserver testshop
        testseite testdatenbank *testsystem entwicklungsserver entwicklungsumgebung devserver dev demo demoseite testvm
        testmaschine spielwiese testcluster stagingsystem stagingshop playground testdomain demosystem demoshop demoserver
        uat qa beta betaversion preview vorschau
    """,
    "third": """
        facebook instagram whatsapp twitter youtube tiktok linkedin google gmail netflix spotify amazon ebay telekom vodafone
        bank *bank hausbank sparkasse finanzamt finanzamts elster lieferant lieferanten *lieferant zulieferer zulieferers supplier
        suppliers vendor vendors freund freundes freundin bekannter bekannten friend friends konkurrenz konkurrent
        konkurrenten mitbewerber mitbewerbers competitor competitors bundesagentur ministerium krankenkasse post dhl ups
        nachbar nachbarn *nachbar *nachbarn neighbour neighbor wettbewerber wettbewerbers dienstleister dienstleisters grosshaendler chatgpt
        schwager *vater mutter schwiegermutter tante onkel kumpel cloudflare bruder brother sister schwester cousin landratsamt behoerde behoerden grosshaendlers
    """,
    "refund": """
        gutschrift gutschriften erstattung erstatten entschaedigung schadenersatz schadensersatz minderung credit refund
        compensation rueckerstattung bericht abschlussbericht report ursache ursachen ursachenanalyse cause causes rca
        postmortem analyse analysis auswertung statistik statistics gutgeschrieben reimbursement vorfallbericht
        haftung haftet liability
    """,
    "quotes": """
        schrieb schrieben schreibt geschrieben wrote write writes stand gelesen read artikel article heise golem newsletter
        spiegel headline schlagzeile rechnung anleitung dokumentation doku tutorial howto docs documentation manual handbuch hilfeseite faq help kapitel
        ueberschrift titled headed betitelt beitrag blog blogbeitrag zitat quote quoting presse zeitung newspaper
        news nachrichten hiess said mitgeteilt statusmeldung kollege colleague
    """,
    "question": "was wie wer wen wo wann welche welcher welches wieviel what how who where which when whom",
    "cause": "warum wieso weshalb why",
    "until": """
        wann bis damit muss muessen soll sollen sollte sollten sorgen dafuer bringen schnell moeglichst schnellstmoeglich hoffe
        hoffen hoffentlich when until must need needs should make get bring hope asap bitte please bald koennen koennt can
        could sobald wenn falls if
    """,
    "again": "wieder again back zurueck",
    "over": """
        erledigt entwarnung behoben resolved recovered recovery geloest gefixt fixed obsolet gegenstandslos hinfaellig solved
        geklaert restored wiederhergestellt repariert ignorieren ignore sorted cleared
    """,
    "fine": """
        ok okay fine good gut laeuft laufen geht gehen funktioniert funktionieren klappt klappen works working work normal
        stabil stable gruen green running reibungslos einwandfrei up erreichbar online verfuegbar reachable available da
    """,
    "trouble": "fehler problem probleme stoerung error issue issues problems",
}  # fmt: skip

MEANINGS = MappingProxyType({name: tuple(words.split()) for name, words in _MEANINGS.items()})

HOST_NAME = r"(?:web|db|srv|app|mail|mx|ns|vm|host|node|sql|esx|pve|prod|win|fs|dc|ts|rds|lb|kvm|rz|rack)\d{1,5}"
"""A word that names a machine: web03."""

NO_THING = frozenset(
    ["workshop", "workshops", "rueckseite", "rueckseiten", "vorderseite", "innenseite", "gegenseite", "aussenseite",
     "serverraum", "observer", "bishop", "whatsapp", "ideal", "betriebssystem", "ortszeitsystem", "alarmsystem", "mailhosting",
     "coffeeshop", "bookshop", "kontaktseite", "unterseite", "produktseite", "profilseite", "impressumsseite", "hilfeseite",
     "einladungsmail", "bestaetigungsmail", "werbemail", "testmail", "abteilung", "subpage", "frontpage",
     "einzelseite", "detailseite", "uebersichtsseite", "ansichtsseite", "danksagungsseite", "aktionsseite", "statusseite"]
)  # fmt: skip
"""Compounds that end like a thing that can fail, and are none, or only a part of one."""

COMPOUND_HEADS = (
    "server",
    "cluster",
    "datenbank",
    "webshop",
    "shop",
    "website",
    "webseite",
    "portal",
    "system",
    "netzwerk",
)
"""What a compound may begin with and still tell of: Serverausfall, Shopausfall."""

CALM = (
    "eilt nicht", "nicht eilig", "nicht dringend", "kein notfall", "keine eile", "hat zeit", "nicht schlimm", "bei gelegenheit",
    "nur zur info", "zur info", "reine neugier", "nur aus neugier", "just wondering", "not your problem", "nicht euer problem", "nicht ihr problem", "no rush", "no hurry", "not urgent", "not an emergency", "no emergency",
    "when you have a minute", "when you get a chance", "whenever you have time", "fyi", "nur bei mir", "only for me", "only me",
    "just me", "just curious", "low priority", "wenn du mal zeit", "wenn sie mal zeit", "ansonsten laeuft", "sonst laeuft",
    "sonst in ordnung", "otherwise fine", "otherwise it works", "colleagues are fine", "kollegen haben das problem nicht",
    "can wait", "kann warten", "nichts dringendes", "nothing urgent", "keine dringlichkeit", "fehlalarm", "false alarm", "falscher alarm", "passwort vergessen",
    "wir testen nur", "testen nur ob", "nur ein test", "ist ein test", "only a test", "just a test", "ticket bitte schliessen", "ticket schliessen", "close the ticket", "close this ticket", "fixed by us", "nothing to do on your side", "nothing on your side", "no action needed", "fuer ihre akten", "for your records", "just testing", "only testing",
    "forgot my password", "bei den kollegen geht", "bei den anderen geht", "works for everyone else",
    "all others work", "everyone else can", "everybody else can", "alle anderen koennen", "bei allen anderen", "die anderen koennen",
    "all others can", "others are fine", "for everyone else", "bei den anderen laeuft", "no stress", "kein stress", "kein ding", "wenn ihr moegt", "wenn du magst", "wenn sie moegen", "no biggie", "production is fine",
    "you saved", "saved our", "saved us", "uns gerettet", "all well", "bei uns laeuft alles", "unsere seite geht ja", "unsere seite laeuft ja", "unser shop laeuft ja", "we were not affected", "wir waren nicht betroffen",
    "bei mir klappt es", "bei mir geht es", "bei mir funktioniert es", "works for me", "please ignore", "bitte ignorieren",
    "zur kenntnis", "betrifft uns nicht", "betrifft uns ja nicht", "does not affect us", "doesnt affect us", "not affecting us", "prod untouched", "prod is fine",
    "produktion ist nicht betroffen", "live ist nicht betroffen", "live not affected", "live is fine", "live is not affected", "produktion nicht betroffen", "production is not affected", "production isnt affected", "kein drama", "no drama",
    "nobody needs it", "niemand braucht", "braucht niemand mehr", "braucht keiner mehr", "nobody uses it", "nicht mehr gebraucht", "nicht mehr benoetigt", "no longer needed",
    "not needed anymore", "can be deleted", "kann geloescht werden", "koennen geloescht werden", "nicht bei ihnen gehostet", "nicht bei euch gehostet", "not hosted with you",
    "not hosted by you", "not one of yours", "whenever you have a minute", "whenever you get a chance", "whenever you find", "wenn ihr luft habt", "wenn mal luft ist",
)  # fmt: skip
"""What says, anywhere in a mail, that it is no emergency."""

SELLING = (
    "gratis", "kostenlos testen", "free trial", "white paper", "whitepaper", "webinar", "seminar", "jetzt anmelden", "unverbindlich", "jetzt testen",
    "nie wieder offline", "never go down again", "start your free", "book a demo", "demo vereinbaren", "unsubscribe",
    "unser angebot fuer sie", "wir beraten", "special offer", "kosten deutsche unternehmen", "cost businesses",
    "ranking", "suchergebnis", "google suche", "search results", "i am applying", "hiermit bewerbe ich", "bewerbung", "my application for", "lebenslauf", "free demo", "partner discount", "gratis analyse", "kostenlose analyse", "kostenlose erstberatung", "unsere agentur optimiert", "deutsche unternehmen verlieren", "reply yes", "angebot machen", "make him an offer",
)  # fmt: skip
"""What says, anywhere in a mail, that somebody sells, or applies for a job."""

ELSEWHERE = (
    "alten anbieter", "anderen anbieter", "alter anbieter", "frueheren anbieter", "bisherigen anbieter", "anderen hoster", "alten hoster",
    "bisherigen hoster", "anderer anbieter", "old provider", "other provider", "another provider", "previous provider",
    "former provider", "old host", "another host", "previous host", "another company", "andere firma", "anderen firma",
    "current provider", "aktuellen anbieter", "derzeitigen anbieter", "jetzigen anbieter", "privat", "private", "privater", "privaten", "privates", "hobby", "zu hause", "at home",
)  # fmt: skip
"""What says that it is with somebody else, or at home."""

TOTAL = (
    "alles steht", "steht alles", "nichts geht mehr", "geht nichts mehr", "geht gar nichts", "geht gar nix", "geht nix",
    "gar nichts geht", "nothing works", "nothing is working", "nichts funktioniert", "funktioniert nichts", "laeuft nichts",
    "nichts laeuft", "wir stehen", "stehen still", "steht still", "at a standstill", "stands still", "kann nicht arbeiten",
    "nicht arbeiten koennen", "koennen nicht arbeiten", "can not work", "cannot work", "cant work", "unable to work",
    "keiner kann arbeiten", "niemand kann arbeiten", "nobody can work", "no one can work", "alles tot", "alles weg",
    "alles offline", "alles down", "alles dunkel", "totaler ausfall", "kompletter ausfall", "complete outage", "total outage",
    "everything is down", "nichts geht", "nichts laeuft", "kein internet mehr", "everything is offline",
)  # fmt: skip

FAULTS = (
    "account suspended", "konto gesperrt", "nothing but", "account gesperrt",
    "bleibt weiss", "bleibt leer", "bleibt schwarz", "ist weiss", "ist leer", "komplett weiss", "ganz weiss", "stays white",
    "is white", "stays blank", "is blank", "is black", "redirect loop", "too many redirects", "weiterleitungsschleife", "packet loss",
    "verweigert den dienst", "keinen mucks", "im eimer", "bricht zusammen", "brechen zusammen", "went dark", "gone dark", "went offline",
    "reboot loop", "restart loop", "keeps rebooting", "keeps restarting", "startet staendig neu", "rebootet staendig", "ran out",
    "tut sich nichts", "passiert nichts", "nothing happens", "went dead", "knocked out", "nur noch ein fehler",
    "blank screen", "empty screen", "leerer bildschirm", "schwarzer bildschirm", "ohne funktion", "ausser betrieb", "out of order",
    "out of service", "am boden", "kein lebenszeichen", "no sign of life", "ausser gefecht", "umgeleitet auf", "redirected to a",
    "bad gateway", "service unavailable", "gateway timeout", "gateway time out", "internal server error", "interner fehler",
    "interner serverfehler", "error establishing", "weisse seite", "leere seite", "weisser bildschirm", "nur noch weiss", "leere seiten", "weisse seiten", "blank pages", "empty pages",
    "nur weiss", "white page", "blank page", "white screen", "its just white", "just white", "empty page", "fatal error",
    "kernel panic", "timed out", "times out", "time out", "kommt nicht hoch", "error page", "read only", "nur fehler",
    "nur noch fehler", "connection lost", "verbindung verloren", "connection refused", "black screen", "rote warnung",
    "security warning", "sicherheitswarnung", "not secure", "nicht sicher", "nicht privat", "not private", "standardseite", "default page", "apache testseite", "welcome to nginx", "platzhalterseite", "index of", "are paused", "sind pausiert", "dreht sich nur", "dreht sich im kreis",
    "haengt sich auf", "ins leere", "faellt aus", "fiel aus", "stuerzt ab", "stuerzen ab", "brach zusammen", "ist hin",
    "went down", "gone down", "goes down", "spins", "keeps crashing", "steht still", "steht auf", "all requests are dropped",
    "liegt flach", "liegt lahm", "in die knie", "nur mist", "gibt den geist", "den geist aufgegeben", "just spins",
    "keine verbindung", "no connection", "kein zugriff", "no access", "kein anschluss", "kein ping", "no ping", "locked out",
    "alle dateien verschluesselt", "alles verschluesselt", "files have been encrypted", "files are encrypted", "kein netz",
    "laeuft auf fehler", "laufen auf fehler", "fails with", "rettungskonsole", "rescue mode", "rescue shell", "recovery mode", "emergency mode", "dateisystem beschaedigt", "filesystem corrupt", "no bootable", "weisses blatt", "leeres blatt", "weisse flaeche", "weisser schirm", "is empty", "still out", "dead in the water", "under attack", "ddos", "verbindung abgelehnt", "verbindung verweigert", "refuses connections", "dns probe", "bleibt aus", "bleiben aus", "ohne strom", "stromlos",
    "without power", "no power", "friert ein", "frieren ein", "lost the server", "dropped off", "owned by",
)  # fmt: skip
"""Runs of words that say by themselves that something fails."""

PAST_FAILURES = frozenset(["ausfiel", "ausfielen", "abstuerzte", "abstuerzten"])
