//! Why a system gives no usable answer, with the sentences.

use super::table::{Text, codes};

codes! { Outage:
    /// No server has that name.
    NameUnknown = "name-unknown":
        "Op dit adres bestaat geen server; controleer de naam in het adres." / "No server has the name in its address; check the address.",
    /// Nothing listens there.
    ConnectionRefused = "connection-refused":
        "De server neemt geen verbinding aan; controleer het adres en de poort, of probeer het later." / "The server takes no connection; check the address and the port, or try later.",
    /// No answer came in time.
    TimedOut = "timed-out":
        "De server antwoordde niet op tijd." / "The server did not answer in time.",
    /// The connection ended before the answer was whole.
    BrokenOff = "broken-off":
        "De verbinding brak af voor het antwoord compleet was." / "The connection ended before the answer was whole.",
    /// The host gave no closer reason.
    NotConnected = "not-connected":
        "Er kwam geen verbinding tot stand." / "No connection could be made.",
    /// The host goes through a proxy, which passed nothing on.
    ProxyFailed = "proxy-failed":
        "De proxy waar deze computer door naar buiten gaat, geeft geen verbinding." / "The proxy that this machine goes through gives no connection.",
    /// The certificate ran out, or is not valid yet.
    CertificateExpired = "certificate-expired":
        "Het certificaat van de server is verlopen of nog niet geldig; controleer ook de klok van deze computer." / "The server's certificate ran out, or is not valid yet; check this machine's clock as well.",
    /// Nobody who is trusted vouches for the certificate.
    CertificateUntrusted = "certificate-untrusted":
        "Het certificaat van de server is niet van een uitgever die hier vertrouwd wordt." / "The server's certificate is not from an authority that is trusted here.",
    /// The certificate is for another name, or damaged.
    CertificateOfAnother = "certificate-of-another":
        "Het certificaat van de server is niet voor deze naam; controleer de naam in het adres." / "The server's certificate is not for this name; check the name in the address.",
    /// The certificate is refused, and the host says no more.
    CertificateRefused = "certificate-refused":
        "Het certificaat van de server wordt niet aanvaard." / "The server's certificate is not accepted.",
    /// The two found no way to encrypt.
    TlsFailed = "tls-failed":
        "Er is geen versleutelde verbinding mogelijk; misschien spreekt de server een te oude versie van TLS, of geen TLS." / "No encrypted connection is possible; the server may speak a version of TLS that is too old, or none.",
    /// More than is ever taken in.
    TooLarge = "too-large":
        "Het antwoord is groter dan wordt ingelezen." / "The answer is larger than is taken in.",
    /// The body is compressed, which nobody asked for.
    Compressed = "compressed":
        "Het antwoord is gecomprimeerd, terwijl daar niet om is gevraagd; er staat misschien een proxy tussen." / "The answer is compressed, though nobody asked for that; a proxy may stand in between.",
    /// No data but something for people, or nothing.
    NoJson = "no-json":
        "Het antwoord is geen JSON maar bijvoorbeeld een webpagina; controleer het adres, er staat misschien een proxy of inlogpagina tussen." / "The answer is not JSON but perhaps a page for people; check the address, a proxy or a login page may stand in between.",
    /// JSON of another form.
    OtherForm = "other-form":
        "Het antwoord heeft niet de verwachte vorm; controleer het adres." / "The answer does not have the expected form; check the address.",
    /// A list that never ends.
    ListRepeats = "list-repeats":
        "Een lijst komt steeds op dezelfde pagina terug en houdt niet op." / "A list comes back to the same page and does not end.",
    /// Another address was answered.
    ElsewhereTold = "elsewhere-told":
        "De server verwijst naar een ander adres, en dat wordt nooit gevolgd; controleer het adres." / "The server redirects to another address, which is never followed; check the address.",
    /// What must be there is not.
    NotThere = "not-there":
        "Op dit adres staat niets; controleer het adres." / "Nothing is found at the address; check the address.",
    /// A refusal that nobody expected of this question.
    Refused = "refused":
        "De server weigert de vraag." / "The server refuses the question.",
    /// An error of the server's own.
    ServerError = "server-error":
        "De server meldt een eigen fout." / "The server reports an error of its own.",
    /// It is not available for a while, or counted too many calls.
    AsksToWait = "asks-to-wait":
        "De server is tijdelijk niet beschikbaar, of vraagt om later terug te komen." / "The server is not available for a while, or asks to come back later.",
    /// It was accepted and not stored yet.
    NotStoredYet = "not-stored-yet":
        "De server heeft een wijziging aangenomen en nog niet bewaard." / "The server accepted a change and did not store it yet.",
    /// The connector's own state did not answer.
    StoreFailed = "store-failed":
        "De eigen opslag van de koppeling antwoordt niet." / "The connector's own store does not answer.",
}
