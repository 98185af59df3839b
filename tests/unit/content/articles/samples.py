"""An article shaped like the ones that are pasted: a site's name, its slogan, a title, a lead, long paragraphs. Our own words."""

SHAPED_LIKE_THE_SEED = """Bezpieczny-2-Link

Cybersecurity and privacy news

Francja: żandarmi zatrzymali 14 osób, które miały krzywdzić dzieci w internecie.

Operacja z pomocą Europolu: 14 zatrzymanych i 1,058 zabezpieczonych plików (dawniej: pornografia dziecięca).

Żandarmeria zatrzymała w całym kraju 14 osób podejrzanych o krzywdzenie dzieci w internecie. Działania o nazwie „Horus” trwały między 16 a 20 listopada 2020 r. Podejrzani szukali w portalach społecznościowych osób w wieku od 12 do 13 lat i namawiali je do wysyłania zdjęć. Nie znali się nawzajem, a trzech z nich było już skazanych. Do dnia publikacji rozpoznano ośmiu pokrzywdzonych i zabezpieczono 1,058 plików.

Działaniami kierowało C3N, ośrodek żandarmerii do spraw przestępczości w sieci. Ponad 50 śledczych sprawdzało, co robiło w sieci wielu użytkowników, którzy często zmieniali nazwy swoich kont.

Europol porównywał w tym czasie dane i pomagał rozpoznawać podejrzanych oraz pokrzywdzonych. Europejskie centrum do spraw przestępczości w sieci (EC3) wspiera policje państw członkowskich w ściganiu takich czynów, a szkolenia i wiedzę udostępnia im przez cały rok.

#SayNO – kampania przeciw wymuszeniom seksualnym wobec dzieci w internecie."""
