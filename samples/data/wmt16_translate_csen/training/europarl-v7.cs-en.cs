Zasedání je znovu zahájeno v devět hodin.
Děkuji paní zpravodajce za její pečlivou práci.
Nemůžeme hlasovat o textu, který nikdo nečetl.
Malé přístavy na severu potřebují jiné pravidlo.
Smím vám připomenout, že doba na projev je omezená?
Čistá voda není přepych.
Výbor zamítl tři z devíti pozměňovacích návrhů.
Zemědělci v mém kraji na to čekají od jara.
Rád bych slyšel názor Komise.
Tato dohoda chrání spotřebitele a neškodí obchodu.
Rozprava je ukončena.
Hlasování se uskuteční zítra v poledne.
