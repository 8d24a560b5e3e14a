"""The people of these tests: a pair that plays before the canaries, and the canaries."""

from __future__ import annotations

from datetime import date

from tests.separation.canary import Canary

# The same story, so that every text and constant that it leaves behind is known before.
REHEARSAL = (
    Canary("voorspel-een", "999998006", "Ada", "Oefenmans", date(1991, 5, 17), "Proefweg", "11", "9711 XA",
           "Proefdorp", "mijn hulp"),
    Canary("voorspel-twee", "999998018", "Bob", "Oefenvrouw", date(1961, 8, 23), "Proefweg", "12", "9711 XB",
           "Proefdorp", "mijn zus"),
)  # fmt: skip
CANARIES = (
    Canary("kanarie-xanthippe", "999998067", "Xänthippeke", "Zwölgersma-Quackelaer", date(1947, 3, 29),
           "Wrakhoutzijlstraat", "43179-bisqx", "7365 QZ", "Oosterwijtwerdeveen",
           "Grootmoeder Krookodiel"),
    Canary("kanarie-yorrick", "999998079", "Yorrickjan", "van Bûtefjildsterhuzum", date(1949, 10, 27),
           "Kwispelgeerstlaan", "58213-terzw", "8476 XJ", "Nijezwaagwesteinde",
           "Grootvader Pumpernikkel"),
)  # fmt: skip
