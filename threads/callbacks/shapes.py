"""Shapes of a wish to be called, and of what only sounds like one, in a line of folded words with a blank around each.

Every gap is bounded, so each shape takes linear time. What passes for a wish stands first, then what takes it back.
"""

from __future__ import annotations

import re

NUMBER = "☎"
"""Stands for a telephone number in a line."""
# ---- shapes of a wish; `G` is a gap of some words

_ME = r"(?:mich|uns|meine[nrms]?|unsere[nrms]?|unsern|herrn|frau)"
_CALL = r"(?:anrufen|anklingeln|anlaeuten|anzurufen|anruft|anrufst|zurueckrufen|zurueckzurufen|zurueckruft|zurueckrufst|zurueck ?rufen|durchrufen|durchklingeln|durchzuklingeln|angerufen werden|zurueckgerufen werden|angerufen zu werden|zurueckgerufen zu werden)"


def _g(most: int) -> str:
    return rf"(?:[^ ]+ ){{0,{most}}}?"


_BEGIN = r"(?:^ |[,;:()-] |\b(?:bitte|und|oder|dann|also|hallo|tag|moin|team|deshalb|daher|sonst|please|und zwar) )"
_NOUN = r"(?:rueck ?-? ?ruf|rueckruftermin|telefonrueckruf|anruf|telefonat|telefongespraech|telefontermin|telefonische[nr]? (?:rueckruf|rueckmeldung|kontaktaufnahme|kontakt|antwort|ruecksprache|termin))"
SHAPES = tuple(
    re.compile(shape)
    for shape in (
        # rufen Sie mich ... zurück; ruft uns kurz an; ruf mal durch
        rf"(?<! wir)(?<! ich)(?<! die) rufen sie {_g(6)}(?:{_ME}|zurueck|durch|kurz|doch|bitte|mal|{NUMBER}) ",
        rf"(?<! wir)(?<! ich)(?<! die) rufen sie {_g(8)}(?:an|zurueck) (?=[,;:()☎-]|$|unter )",
        rf"{_BEGIN}{_g(1)}rufe?t? (?:{_ME}|bitte|doch|mal|kurz|zurueck|durch) {_g(8)}(?:an|zurueck|durch|{NUMBER}) ",
        rf"{_BEGIN}{_g(1)}rufe?t? {_ME} ",
        # können Sie mich ... anrufen; dass mich jemand zurückruft
        rf" (?:koennen|koennt|koennten|koenntet|koenntest|koennte|kannst|kann|wuerden|wuerdet|wuerdest|wuerde|wollen|wollt|moegen|moechten|sollen|soll|sollte|muesste|muesst|bitte[nt]?|wuensche\w*|lass\w*|wann|gern|gerne) {_g(9)}(?:{_ME}|bei (?:mir|uns)) {_g(10)}{_CALL} ",
        rf" (?:koennen|koennt|koennten|koenntet|koenntest|koennte|kannst|kann|wuerden|wuerdet|wuerdest|wuerde) (?:sie|ihr|du|jemand|mal jemand|bitte|bitte jemand|bitte mal jemand|einer) {_g(8)}(?:anrufen|zurueckrufen|durchklingeln|durchrufen) ",
        rf" (?:dass|wenn|ob|damit) {_g(8)}{_ME} {_g(10)}(?:anrufen|anklingeln|anruft|anriefen?|zurueckrufen|zurueckruft|zurueckriefen?|angerufen|zurueckgerufen) {_g(3)}(?:koenn\w+|wuerd\w+|werde|werden|,|\?) {_g(8)}(?:dankbar|nett|schoen|super|toll|freu\w*|klasse|lieb|hilfreich|hilft|helfen|passt|moeglich|\?) ",
        rf" (?:dankbar|nett|schoen|super|toll|freu\w*|klasse|lieb|hilfreich|bitte[nt]?|hoffe\w*|moechte\w*|wuensch\w*|gern|gerne|waere|gut) {_g(5)}(?:dass|wenn|ob) {_g(8)}{_ME} {_g(10)}(?:anrufen|anklingeln|anruft|anriefen?|zurueckrufen|zurueckruft|zurueckriefen?|angerufen|zurueckgerufen) ",
        # bitte ... anrufen; um Rückruf wird gebeten; Rückruf erbeten
        rf" bitte {_g(9)}(?:anrufen|zurueckrufen|zurueck rufen|durchklingeln|durchrufen) ",
        r" (?:anrufen|zurueckrufen) bitte ",
        rf" (?:um|ueber|auf|zwecks|fuer|an|einen|einem|ein|den|baldigen|kurzen|schnellen|ihren|ihrem|euren|deinen|eines) {_g(3)}{_NOUN}s? {_g(6)}(?:bitte[nt]?|gebeten|erbeten|freu\w*|dankbar|wuensch\w*|gewuenscht|moechte\w*|gern|gerne|bekomm\w*|vereinbar\w*|nett|schoen|toll|super|haben|erhalten|moeglich|hilfreich|ausmachen) ",
        rf" (?:bitte[nt]?|erbitte\w*|freu\w*|dankbar|wuensch\w*|moechte\w*|haette\w*|gern|gerne|brauch\w*|benoetig\w*|waere\w*|warte\w*|erwarte\w*|hoffe\w*|koennt\w*|bekomm\w*|vereinbar\w*|lieber|danke|voraus|vorab) {_g(7)}(?:um|ueber|auf|zwecks|fuer|an|einen|einem|ein|den|baldigen|kurzen|schnellen|ihren|ihrem|euren|deinen|eines) {_g(3)}{_NOUN}s? ",
        rf" {_NOUN} {_g(3)}(?:erbeten|gewuenscht|erwuenscht|bitte|noetig|erforderlich|notwendig|willkommen|gebeten|unter {NUMBER}|an {NUMBER}|{NUMBER}|waere {_g(3)}(?:nett|schoen|toll|super|gut|hilfreich|prima)) ",
        rf" (?:erbitte\w*|wuensche\w*|bitte|dringend\w*|benoetige\w*|brauche\w*) {_g(2)}rueckruf ",
        r" rueckrufbitte | rueckrufwunsch | bitte um rueckmeldung per telefon ",
        # melden Sie sich telefonisch; können wir kurz telefonieren; klingeln Sie durch
        rf" meld(?:en|et|e|) (?:sie sich|euch|dich|sich bitte|sich) {_g(7)}(?:telefonisch|per telefon|am telefon|uebers telefon|unter {NUMBER}|unter der {NUMBER}|unter der nummer {NUMBER}|auf dem handy) ",
        rf" bitte {_g(4)}(?:telefonisch|per telefon) {_g(5)}(?:melden|kontaktieren|zurueckmelden|sprechen|in verbindung|kontakt) ",
        rf" (?:kontaktier(?:en|t|e) (?:sie )?|setz(?:en|t|e) sie sich |nehmen sie )(?:bitte )?{_g(3)}(?:telefonisch|per telefon|unter {NUMBER}|unter der {NUMBER}) ",
        rf" (?:telefonisch|per telefon) {_g(3)}(?:bei|mit) (?:mir|uns) {_g(5)}(?:melden|in verbindung|kontakt) ",
        rf" (?:koennen|koennten|wollen|sollen|sollten|lass(?:en|t)?) (?:wir |sie uns |uns )(?:bitte |dazu |darueber |das |hierzu )?{_g(3)}(?:kurz |mal |bitte |einmal |morgen |heute |am telefon |direkt |persoenlich ){_g(5)}(?:telefonieren|telefonisch besprechen|am telefon besprechen|am telefon klaeren|telefonisch klaeren|sprechen) ",
        rf" (?:moechte|wuerde|wuerden|moechten) {_g(3)}(?:gern |gerne |lieber |bitte )?{_g(2)}mit (?:jemandem|einem|einer|ihnen|euch|dir) {_g(5)}(?:telefonieren|telefonisch sprechen|am telefon sprechen|am telefon reden) ",
        rf" klingel(?:n|t|) (?:sie |bitte |doch |mal |kurz |einfach ){_g(4)}(?:bei (?:mir|uns)|durch|an) ",
        rf" (?:am besten|am liebsten|lieber|bitte|gern|gerne) {_g(1)}(?:telefonisch|per telefon|am telefon) (?:[,.;:()☎-]|$|unter |melden |klaeren |besprechen |sprechen )",
        rf" (?:moechte\w*|wuerde\w*|koenn\w+|lassen sie uns|lasst uns|lass uns) {_g(7)}(?:am telefon|telefonisch|per telefon) {_g(3)}(?:klaeren|besprechen|reden|abstimmen|durchgehen|bereden) ",
        rf" (?:bitte\w*|wuensche\w*|gern|gerne) {_g(4)}kontaktaufnahme (?:per|am|ueber das) telefon ",
        # call me back; please call; could someone ring us; give me a ring
        rf"(?:{_BEGIN}|\b(?:just|you|someone|somebody|anyone|engineer|technician|colleague|team|to|can|could|kindly|then|let) ){_g(1)}(?:call|phone|ring|telephone) (?:me|us|my \w+|our \w+) (?!(?:old|crazy|a|an|the|stupid|paranoid|picky|if|when) )",
        rf" (?:please|kindly|pls) {_g(3)}(?:call|phone|ring|telephone) (?:back|{NUMBER}|on|at|today|tomorrow|between|after|before|any|asap|as|me|us|when|this|next|monday|tuesday|wednesday|thursday|friday) ",
        rf" (?:can|could|would|will|might) (?:you|someone|somebody|anyone|one of [^ ]+ [^ ]+|a [^ ]+|the [^ ]+|your [^ ]+) {_g(5)}(?:call|phone|ring|telephone) (?:me|us|back|{NUMBER}|my [^ ]+|our [^ ]+) ",
        rf" (?:have|get|ask|let|want|like|need) (?:someone|somebody|an? [^ ]+|your [^ ]+|one of [^ ]+ [^ ]+|you) {_g(3)}(?:call|ring|phone|telephone) (?:me|us|back) ",
        rf" (?:give|drop) (?:me|us|my \w+|our \w+) (?:a|an|another) {_g(2)}(?:call|ring|buzz|bell|callback|call - back|call back) ",
        rf" (?:contact|reach|get hold of|get back to) (?:me|us) {_g(4)}(?:by phone|by telephone|via phone|on the phone|over the phone|on {NUMBER}|at {NUMBER}|on my (?:mobile|cell|phone)\w*) ",
        rf" (?:request\w*|like|want|need|appreciate\w*|await\w*|waiting for|wait for|expect\w*|arrange|schedule|book|get|have|hope for|love|forward to|grateful for|prefer) {_g(3)}(?:a|an|your|the) {_g(2)}(?:callback|call - back|call back|phone call|telephone call|call) (?!(?:to|button|function|center|centre|recording|log|forwarding|option|flow) )",
        rf" (?:callback|call - back|call back|phone call|a (?:quick |short |brief )?call) {_g(2)}(?:please|requested|appreciated|needed|required|wanted|would be {_g(2)}(?:great|nice|appreciated|helpful|good|welcome|perfect|lovely)|would help) ",
        rf" please {_g(3)}(?:callback|call - back|call back|ring back|phone back) ",
        r" (?:request(?:ing|ed)? (?:a |for )?)(?:callback|call - back|call back) ",
        rf" (?:can|could|shall|may) we {_g(3)}(?:talk|speak|chat|discuss) {_g(5)}(?:on|over|by) (?:the )?(?:phone|telephone) ",
        rf" (?:mind|appreciate\w*|grateful|possible|about) {_g(4)}(?:calling|phoning|ringing) (?:me|us|back) ",
        rf" (?:rufst du|rufen sie|ruft ihr|ruft jemand|ruft mich jemand) {_g(3)}(?:mich|uns) {_g(8)}(?:an|zurueck|durch) ",
        rf" (?:rechnen|rechne|hoffe|hoffen|warte|warten) {_g(2)}(?:mit|auf) (?:ihrem|ihren|einem|einen|eurem|den|dem) {_g(2)}{_NOUN} | mit (?:ihrem|einem|eurem|dem) {_NOUN} rechnen ",
        r" (?:please|kindly|pls) return (?:my|our) call ",
        rf" (?:speak|talk) (?:to|with) (?:someone|somebody|you|a [^ ]+|one of [^ ]+ [^ ]+) {_g(4)}(?:on|over|by) (?:the )?(?:phone|telephone) ",
        rf" (?:rather|like|prefer|want|need|love|could we|can we|better|easier) (?:to )?{_g(2)}(?:talk|speak|discuss|go through|sort|explain|settle) {_g(6)}(?:on|over|by) (?:the )?(?:phone|telephone) ",
        rf" (?:hop|jump|get) on a {_g(2)}call | (?:can|could) we (?:have|schedule|arrange|set up) a {_g(2)}call ",
    )
)
ALONE = re.compile(
    rf"^ (?:(?:bitte|dringend\w*|please|urgent|wegen|kurzer|kurze|nochmal) [:,-]? ?){{0,3}}(?:(?:um|einen|a) )?(?:rueck ?-? ?ruf|rueckrufbitte|rueckrufwunsch|callback|call back|call - back|call me|call us|call me back|anrufen|anruf)"
    rf"(?: (?:please|bitte|erbeten|gewuenscht|request(?:ed)?|dringend|unter|on|at|an|heute|morgen|today|tomorrow|asap|needed|wanted|[:,-]|{NUMBER}))* (?:$|[:(-])"
)
"""A subject, or a line, that says no more than that a call is wished."""

# ---- what only sounds like one

SOFTWARE = re.compile(
    r" (?:rueckruf ?-? ?aktion\w*|produktrueckruf\w*|rueckrufservice|rueckruffunktion\w*|rueckrufformular\w*|rueckrufbutton\w*|rueckrufadresse|"
    r"(?:callback|call - back|rueckruf|rueck - ruf|call back|anruf|call)\w* (?:- )?(?:url|uri|function|funktion|api|hook|handler|endpoint|parameter|script|webhook|"
    r"button|knopf|form|formular|widget|event|method|methode|error|fehler|adresse|route|option|queue|center|centre|service|dienst|system|seite|page|liste|list|feature|nummer wird)|"
    r"(?:callback|rueckruf) (?:des|der|von|eines) (?:hersteller\w*|produkt\w*|geraet\w*|charge\w*|modell\w*|api|oauth|ware|artikel\w*)|"
    r"(?:die|the|a|eine|our|unsere) callback \w+ (?:is|ist|wird|returns|fails|liefert)|oauth|javascript|webhook\w*|endpoint|api|sdk) "
)
OFFERS = re.compile(
    rf" (?:(?:bei|fuer) {_g(2)}(?:rueckfrage\w*|frage\w*|unklarheit\w*|problem\w*|bedarf)|"
    rf"(?:falls|wenn|sollte\w*|sofern) {_g(7)}(?:fragen|rueckfragen|frage|unklar\w*|angaben|fehl\w*|noetig|weitere\w*|informationen|infos|details|unterlagen|notwendig|erforderlich)|"
    rf"if {_g(7)}(?:questions?|anything|unclear|need (?:more|further|any|to|anything|additional)|necessary|details|missing|in doubt)|"
    rf"(?:any|further|more) questions?|feel free|zoegern|zoegere\w*|hesitate|notfalls|im notfall|in case of|in an emergency|with any) "
)
THANKS = re.compile(
    rf" (?:danke\w*|dank|thanks|thank you) (?!{_g(3)}(?:voraus|vorab|schon|advance) ){_g(3)}(?:fuer|for) {_g(4)}(?:rueckruf|anruf|telefonat|gespraech|call|calling|callback|ringing) "
)
PAST = re.compile(
    rf" (?:(?:hat|hatte\w*|habe|haben|habt|hast|wurde|wurden|had|have|has|was|were) {_g(12)}(?:angerufen|zurueckgerufen|gebeten|telefoniert|"
    r"versprochen|vereinbart|called|rung|phoned|requested|asked|promised|spoken)|rang|called me|wollte|wolltet|wollten|did|didn't|tried|promised|supposed|versprach|"
    r"sollten|should have) "
)
NEGATED = re.compile(
    r" (?:nicht|kein|keine|keinen|keiner|keinem|nie|niemals|niemand|not|never|don't|dont|doesn't|can't|cannot|won't|no|nobody|without|ohne|statt|anstatt|instead|"
    r"unnoetig|eruebrigt|stop|hoert|keinesfalls|avoid|verzichte\w*|rather than|anstelle) "
)
ASKS = re.compile(
    r"^ (?:(?:[^ ]+ ){0,3}?, )?(?:und |also |bitte )?(?:koenn\w+|kann|kannst|wuerd\w+|could|can|would|why|warum|wieso|weshalb) "
)
BOUNDS_TIME = re.compile(
    r" (?:nicht|not|keinesfalls|nicht mehr) (?:vor|before|nach|after|erst|nur|until|am|on|so|zu|later|spaeter|immediately|gleich|vormittags|morgens|before) "
)
SELF = re.compile(
    rf" (?:ich|wir|i|we|i'll|we'll|i'd|we'd) (?:[^ ,]+ ){{0,6}}?(?:sie|euch|dich|ihnen|dir|you|support|hotline|kunden|customers?) (?:[^ ,]+ ){{0,6}}?(?:an|zurueck|anrufen|zurueckrufen|call|back|rufe|rufen) |"
    rf" (?:darf|kann|koennte|soll|sollen|duerfen|koennen|can|may|could|should|shall) (?:ich|wir|i|we) (?!{_g(4)}(?:um|einen|a|an) )(?:[^ ,]+ ){{0,4}}?(?:sie|euch|dich|you|zurueckrufen|anrufen|call) |"
    rf" (?:rufe|rufen|melde|melden) (?:ich|wir) "
)
OTHERS = re.compile(
    r" (?:welcher nummer|staendig|dauernd|andauernd|kunde|kunden|kundin|kundinnen|anrufer|anrufern|leute|niemand|keiner|customers?|clients?|callers?|users?|people|patienten|besucher|gaeste|mandanten|"
    r"spammer|betrueger|scammers?|fremde|unbekannte|er|he|she|they|hotline|robot|bot) "
)
CLAUSE = re.compile(
    r" (?:,|;|:|und|oder|and|or|weil|denn|da|because|as|since|aber|but|sondern|obwohl|although|damit|der|die|das|which|that) "
)


COMPLAINS = re.compile(
    r" (?:weil|denn|because|since|seit|gestern|yesterday|geht|funktioniert|laeuft|works|down|broken|kaputt|defekt|error|fehler|ausgefallen) "
)
IS_THERE = re.compile(
    r" (?:erreichbar|erreichen|erreichst|erreicht|verfuegbar|available|reachable|reach|passt|passen|passend|am besten|besten|ideal\w*|moeglichst|gern|gerne|lieber|bitte|preferably|best|"
    r"suits?|works? (?:for|best)|convenient|any ?time|jederzeit|zeit|free|frei|zu hause|im buero|in the office|at home|at my desk|zwischen|ab|between|after|nach|bis) "
)
TIMELY = re.compile(r"^ (?:\d{1,2} (?:uhr|am|pm|p|a|:|-) |(?:am|um|gegen|ab|nach|vor|bis|zwischen|heute|morgen|uebermorgen|naechste\w*|diese|montag\w*|dienstag\w*|mittwoch\w*|donnerstag\w*|freitag\w*|gern\w*|"
                     r"moeglichst|wenn|idealerweise|vormittag\w*|nachmittag\w*|on|at|after|before|between|any|anytime|tomorrow|today|next|this|preferably|ideally|monday|tuesday|wednesday|"
                     r"thursday|friday|from|by|best|either|oder|or|und zwar|am besten|spaetestens|noch|in|innerhalb|within|nicht|not|but not|aber nicht|ich bin|wir sind|i am|i'm|we are|we're) )")  # fmt: skip
