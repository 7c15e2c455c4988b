"""Short profiles of languages: words that are frequent in each, and rare or missing in the others."""

from __future__ import annotations

from mailgateway.listed import words

PROFILES: dict[str, frozenset[str]] = {
    "de": words(
        """
        der die das und ist nicht ich wir sie ein eine einen einem mit für auf von zu den dem des im am bei nach aus wie wenn
        aber auch noch nur schon oder kann können habe haben hat wird werden wurde mein meine meinen ihr ihre ihren ihnen mir mich
        uns bitte danke hallo sehr geehrte herren grüße grüßen freundlichen guten tag leider seit bis über unter zum zur es dass
        keine kein warum was wann wo rechnung frage vielen dank gruß bin sind war hier jetzt dann mal ja nein doch schreibt
        """
    ),
    "en": words(
        """
        the and is are was were be been have has had not you your yours we our i my me it its this that these those with for from
        of to in on at by an as if but or can could would should will do does did what when where why how there here please thanks
        thank hello hi dear regards best kind any some all just get got need help want know let us he she they them his her so no
        yes which who than then about
        """
    ),
    "fr": words(
        """
        le la les un une des du de et est dans pour avec sur pas ne je vous nous mon ma mes votre vos notre nos que qui ce cette
        sont au aux par plus bonjour merci cordialement mais ou où être avoir ai avez avons suis comme très bien tout
        """
    ),
    "es": words(
        """
        el la los las un una unos de del y es en para con por no que mi su sus se lo al como pero más este esta hola gracias saludos
        está están muy cuando porque tengo puede usted nosotros yo buenos días favor
        """
    ),
    "it": words(
        """
        il lo la gli le un una di del della dei e è in per con non che mi mia vi si sono ho abbiamo questo questa come ma più
        grazie buongiorno salve saluti cordiali anche al alla nel nella quando perché può
        """
    ),
    "nl": words(
        """
        de het een en is niet ik wij we u uw jullie van voor met op te dat die deze dit aan bij naar ook maar als kan kunnen heb
        hebben heeft wordt worden graag bedankt beste groeten hallo mijn ons onze geen nog wel er zijn
        """
    ),
    "pl": words(
        """
        i w na z do nie się jest to że jak ale dla po od przez mam proszę dziękuję dzień dobry pozdrawiam czy jestem są być
        który która które mi państwa tak już tylko
        """
    ),
    "pt": words(
        """
        o a os as um uma de do da dos das e é em no na para com por não que meu minha seu sua se mais mas como obrigado obrigada
        olá bom dia você está estou tenho muito quando ou ao
        """
    ),
    "sv": words(
        """
        och att det är inte jag vi ni en ett på för med av till om som den kan har var hej tack hälsningar mvh min mitt vår men
        också från eller när
        """
    ),
    "da": words(
        """
        og at det er ikke jeg vi en et på for med af til om som den kan har var hej tak hilsen mvh min mit vores men også fra
        eller når jer venlig
        """
    ),
    "no": words(
        """
        og at det er ikke jeg vi en et på for med av til om som den kan har var hei takk hilsen mvh min mitt vår men også fra
        eller når dere vennlig
        """
    ),
    "fi": words(
        """
        ja on ei se että en olen mutta kun niin ovat minun teidän kiitos hei terveisin voi mitä oli tämä myös jos joka moi onko
        voinko voisitteko milloin missä miten olisi hyvää päivää vielä edelleen sen sitä teille meille minulle tilaus tilauksen
        """
    ),
    "cs": words(
        "a je se na že to v z do ne jsem jsme si ale pro jak by s dobrý den děkuji prosím pozdravem mám můj nebo také už"
    ),
    "sk": words(
        "a je sa na že to v z do nie som sme si ale pre ako by s dobrý deň ďakujem prosím pozdravom mám môj alebo tiež už"
    ),
    "tr": words(
        "ve bir bu için ile da de ne çok var yok mı mi merhaba teşekkürler lütfen ben biz siz olarak gibi ama daha iyi"
    ),
    "hu": words(
        "a az és hogy nem is egy van ez azt meg de kérem köszönöm üdvözlettel mert ha vagy már csak lehet tisztelt"
    ),
    "ro": words("și în de la cu nu este pe pentru un o că mai am sunt vă mulțumesc bună ziua dar sau din care ce"),
}
"""The frequent words of a language, by its two letters."""

LETTERS: dict[str, frozenset[str]] = {
    "tr": frozenset("ığş"),
    "pl": frozenset("ąęłńśźż"),
    "cs": frozenset("řěů"),
    "sk": frozenset("ľĺŕ"),
    "hu": frozenset("őű"),
    "ro": frozenset("țșă"),
    "es": frozenset("ñ¿¡"),
    "pt": frozenset("ãõ"),
    "da": frozenset("æø"),
    "no": frozenset("æø"),
}
"""Letters that only these languages have; they count where a word of the language stands beside them."""

SCRIPTS: tuple[tuple[str, int, int], ...] = (
    ("ja", 0x3040, 0x30FF),
    ("ko", 0xAC00, 0xD7AF),
    ("zh", 0x4E00, 0x9FFF),
    ("ru", 0x0400, 0x04FF),
    ("el", 0x0370, 0x03FF),
    ("he", 0x0590, 0x05FF),
    ("ar", 0x0600, 0x06FF),
    ("th", 0x0E00, 0x0E7F),
)
"""Languages that their script betrays: the first and last code point."""
