"""The processing log (Logboek Dataverwerkingen 1.0): one line per person and action, never changed."""
