"""The names of header fields as mail programs write them into a quoted or forwarded mail, in many languages."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a label in a quoted header block stands for."""

    FROM = "from"
    DATE = "date"
    TO = "to"
    CC = "cc"
    SUBJECT = "subject"
    OTHER = "other"


_LABELS: dict[Role, tuple[str, ...]] = {
    Role.FROM: (
        *(
            "from",
            "von",
            "absender",
            "de",
            "expéditeur",
            "expediteur",
            "remitente",
            "da",
            "mittente",
            "van",
            "afzender",
        ),
        *(
            "od",
            "nadawca",
            "odesílatel",
            "odesilatel",
            "odosielateľ",
            "fra",
            "avsender",
            "från",
            "avsändare",
            "lähettäjä",
        ),
        *(
            "от",
            "отправитель",
            "від",
            "відправник",
            "feladó",
            "kimden",
            "gönderen",
            "de la",
            "expeditorul",
            "expeditor",
        ),
        *("šalje", "pošiljatelj", "pošilja", "от кого", "από", "נשלח מאת", "מאת", "من", "saatja", "nuo", "no", "từ"),
        *(
            "差出人",
            "送信元",
            "送信者",
            "发件人",
            "发件者",
            "寄件者",
            "寄件人",
            "보낸 사람",
            "보낸사람",
            "dari",
            "remetente",
            "afsender",
        ),
        *("message de", "message du", "oorspronkelijke afzender", "enviado por", "expéditeur du message"),
    ),
    Role.DATE: (
        *(
            "date",
            "sent",
            "datum",
            "gesendet",
            "gesendet am",
            "datum/uhrzeit",
            "envoyé",
            "envoyé le",
            "envoye",
            "date d'envoi",
        ),
        *("fecha", "enviado", "enviado el", "enviada em", "enviada", "enviado em", "data", "inviato", "inviato il"),
        *(
            "verzonden",
            "verstuurd",
            "verzonden op",
            "wysłano",
            "wyslano",
            "odesláno",
            "odoslané",
            "sendt",
            "sendt dato",
        ),
        *("dato", "skickat", "skickad", "lähetetty", "päivämäärä", "päiväys", "дата", "отправлено", "дата отправки"),
        *("надіслано", "dátum", "elküldve", "küldve", "tarih", "gönderildi", "gönderilme tarihi", "gönderme tarihi"),
        *("dată", "trimis", "trimis la", "poslano", "изпратено", "ημερομηνία", "στάλθηκε", "נשלח", "תאריך", "التاريخ"),
        *(
            "送信日時",
            "日時",
            "日付",
            "发送时间",
            "發送時間",
            "日期",
            "寄件日期",
            "时间",
            "時間",
            "보낸 날짜",
            "날짜",
            "tanggal",
            "kuupäev",
        ),
        *("ngày", "saatmisaeg", "sended"),
    ),
    Role.TO: (
        *(
            "to",
            "an",
            "empfänger",
            "à",
            "a",
            "pour",
            "destinataire",
            "para",
            "destinatario",
            "aan",
            "naar",
            "do",
            "adresat",
        ),
        *("komu", "pre", "til", "till", "vastaanottaja", "кому", "получатель", "címzett", "kime", "alıcı", "către"),
        *(
            "destinatarul",
            "destinatar",
            "prima",
            "za",
            "prejemnik",
            "до",
            "προς",
            "אל",
            "إلى",
            "kellele",
            "kam",
            "kepada",
        ),
        *(
            "宛先",
            "送信先",
            "收件人",
            "收件者",
            "받는 사람",
            "받는사람",
            "đến",
            "destinatário",
            "modtager",
            "mottagare",
            "mottaker",
        ),
    ),
    Role.CC: (
        *("cc", "kopie", "kopie an", "copie", "copie à", "copia", "cópia", "dw", "do wiadomości", "udw", "bcc", "kopi"),
        *(
            "kopia",
            "kopio",
            "копия",
            "копія",
            "másolat",
            "másolatot kap",
            "bilgi",
            "kp",
            "копие",
            "κοιν",
            "κοινοποίηση",
        ),
        *("עותק", "نسخة", "抄送", "副本", "참조", "同报", "kópia", "cci", "blindkopie", "con copia"),
    ),
    Role.SUBJECT: (
        *("subject", "betreff", "objet", "sujet", "asunto", "oggetto", "onderwerp", "temat", "předmět", "predmet"),
        *("emne", "ämne", "aihe", "тема", "tárgy", "konu", "subiect", "subiectul", "naslov", "zadeva", "относно"),
        *(
            "θέμα",
            "נושא",
            "الموضوع",
            "teema",
            "件名",
            "主题",
            "主題",
            "主旨",
            "제목",
            "assunto",
            "perihal",
            "chủ đề",
            "tema",
        ),
        *("betrifft", "betr"),
    ),
    Role.OTHER: (
        *("reply-to", "antwort an", "antworten an", "répondre à", "responder a", "rispondi a", "risposta", "svar till"),
        *("importance", "wichtigkeit", "priorität", "priority", "importancia", "prioridad", "priorité", "importanza"),
        *("attachments", "attachment", "anlagen", "anlage", "anhänge", "anhang", "pièces jointes", "datos adjuntos"),
        *("allegati", "bijlagen", "załączniki", "přílohy", "bilagor", "vedlegg", "vedhæftede filer", "вложения"),
        *(
            "message-id",
            "mime-version",
            "content-type",
            "organization",
            "organisation",
            "return-path",
            "sender",
            "x-mailer",
        ),
        *("resent-from", "resent-to", "list-id", "newsgroups", "sensitivity", "vertraulichkeit", "cc/bcc", "signed by"),
    ),
}

ROLES: dict[str, Role] = {label: role for role, labels in _LABELS.items() for label in labels}
"""The role of a label in lower case."""

LONGEST_LABEL = max(len(label) for label in ROLES)
