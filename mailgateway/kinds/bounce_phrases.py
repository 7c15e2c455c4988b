"""The words by which mail servers without RFC 3464 say that a mail was not delivered, or not yet; all in lower case."""

from __future__ import annotations

from mailgateway.listed import phrases, words

DAEMONS = words(
    "mailer-daemon mailerdaemon mail-daemon mailer_daemon mdaemon maildaemon mail.daemon mailer postmaster post_master ndr"
)
"""Local parts of the addresses from which mail servers write."""

DAEMON_NAMES = phrases(
    """
    mail delivery subsystem|mail delivery system|mail deliver system|mail administrator|system administrator|mailer daemon
    mail delivery service|mail-delivery-system|internet mail delivery|postmaster|mailadministrator|systemadministrator
    """
)
"""The names that they bear, where the address says nothing."""

FAILED_SUBJECTS = phrases(
    """
    undeliverable|undelivered mail|undelivered message|delivery status notification (failure)|mail delivery failed
    mail delivery failure|delivery failure|delivery failed|failure notice|failure delivery|failed delivery|returned mail
    returned to sender|returning message to sender|mail could not be delivered|could not be delivered|message not delivered
    mail not delivered|mail delivery problem|mail system error|delivery report|delivery notification|permanent delivery failure
    mail failure|mail failed|non-delivery|nondeliverable|not delivered|undeliverable mail|delivery error|email delivery failure
    failure notification|delivery problem|error sending your mail|rejected mail|message rejected|returned email
    unzustellbar|nicht zugestellt|zustellung fehlgeschlagen|zustellfehler|fehler bei der zustellung|unzustellbare nachricht
    nicht zustellbar|zustellung der nachricht fehlgeschlagen|nachricht konnte nicht zugestellt|rücksendung|fehlerhafte zustellung
    zustellungsfehler|benachrichtigung zum übermittlungsstatus (fehlgeschlagen)|unzustellbarkeitsbericht|mail nicht zugestellt
    non remis|échec de remise|échec de la remise|non délivré|message non distribué|no se puede entregar|no entregado
    error de entrega|devuelto|notificación de estado de entrega (error)|mancata consegna|non recapitabile|non consegnato
    onbestelbaar|niet bezorgd|niet afgeleverd|niedostarczone|nie dostarczono|zwrot wiadomości|não entregue|falha na entrega
    não é possível entregar|kan inte levereras|olevererbart|kan ikke leveres|ikke leveret|kunne ikke leveres|toimitus epäonnistui
    nedoručitelné|nedoručiteľné|nepodařilo se doručit|не доставлено|недоставленное|не удается доставить|kézbesíthetetlen
    teslim edilemedi|配信不能|配信できません|退信|无法送达|投递失败|ваше сообщение не доставлено|не может быть доставлено
    notificación de error|entrega fallida|配信に失敗
    """
)
"""What stands in their subjects."""

FAILED_TEXTS = phrases(
    """
    could not be delivered|couldn't be delivered|was not delivered|not be delivered|unable to deliver|wasn't able to deliver
    was unable to deliver|cannot be delivered|can't be delivered|delivery has failed|delivery failed|delivery to the following
    undeliverable|did not reach|didn't reach|permanent error|permanent fatal errors|permanent failure|fatal errors
    user unknown|unknown user|no such user|mailbox is full|mailbox full|over quota|quota exceeded|mailbox unavailable
    recipient address rejected|address rejected|recipient rejected|does not exist|invalid recipient|unknown recipient
    message was rejected|has been returned|returned to sender|returning message|have been rejected|undelivered
    delivery problems|delivery errors|delivery error|trouble delivering|not delivered|unrouteable address|unroutable
    could not send|unable to send|failed to deliver|delivery attempts|error while|host not found|no matches to nameserver
    status code: 5|550 5.|550-5.|554 5.|552 5.|550 |553 |554 |5.1.1|5.2.2|5.7.1|invalid final delivery|error was detected
    retry time not reached|retry timeout exceeded|could not deliver|following address|following recipient|mail is refused
    konnte nicht zugestellt|nicht zugestellt werden|konnte leider nicht|unzustellbar|nicht ausgeliefert|empfänger unbekannt
    unbekannter empfänger|postfach ist voll|postfach voll|existiert nicht|nicht zustellbar|zustellung ist fehlgeschlagen
    n'a pas pu être remis|n'a pas pu être livré|échec de la remise|no se pudo entregar|no pudo ser entregado|no se ha podido
    non è stato possibile consegnare|impossibile recapitare|kon niet worden bezorgd|nie można dostarczyć|nie mogła zostać
    não foi possível entregar|não pode ser enviada|kunde inte levereras|kunne ikke leveres|nelze doručit|nepodařilo se doručit
    не может быть доставлено|не было доставлено|не удалось доставить|kézbesíthető|teslim edilemedi|配信できません|送信できません
    无法送达|退回|届けできません|お届けできません
    """
)
"""What they say in their texts."""

DELAYED = phrases(
    """
    delivery status notification (delay)|delayed mail|mail delivery delayed|delivery delayed|message delayed|warning: message
    still being retried|has not yet been delivered|not yet been delivered|will be retried|will continue to try|delivery is delayed
    could not send message for past|could not send message for the past|no action is required on your part|message is delayed
    do not need to resend|notification: delayed|temporarily delayed|has been delayed|delivery incomplete|warning message only
    delivery of your message is delayed|is delayed for more|verzögert|noch nicht zugestellt|zustellung verzögert|wird weiterhin
    zustellung wird weiter versucht|retardé|retrasada|retrasado|retardée|ritardat|vertraagd|opóźnion|försenat|forsinket|atrasad
    """
)
"""Said of a mail that the server goes on trying to deliver."""

DELIVERED = phrases(
    """
    successful mail delivery|successfully delivered|delivery status notification (success)|delivery status notification (relay)
    relayed:|delivered:|zugestellt:|erfolgreich zugestellt|übermittelt:|remis :|entregado:|consegnato:|delivery receipt
    delivery to these recipients or groups is complete|the following message was delivered
    """
)
"""Said of a mail that arrived, where its sender had asked for a report."""

GIVEN_UP = phrases(
    """
    given up|giving up|gave up|permanent error|permanent failure|permanently|final failure|returned mail|fatal error
    cannot send message for|could not be delivered|endgültig
    """
)
"""Said where the server tries no longer."""

ORIGINAL_BELOW = phrases(
    """
    original message follows|original message|below this line is a copy|this is a copy of the message|returned message
    unsent message follows|message header follows|included message|undelivered message|message text follows|copy of the message
    reason for the failure, the headers|headers of the original|original mail follows|ursprüngliche nachricht
    kopie ihrer nachricht|kopie der nachricht|mail headers follow|returned mail follows|start of returned message
    """
)
"""Heads the mail that came back, whose addresses are not those that failed."""
