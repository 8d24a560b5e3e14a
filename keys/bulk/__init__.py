"""Whole registers from one domain to another: files in, files out, over both parties.

    input (CSV, Parquet) → batches of at most 1,000 rows → workers (processes here, or a Dask cluster):
    open with our own keys, encrypt afresh with proofs, both parties' hops, check every proof
    → part files in the order of the input → output and rejects

Memory holds a few batches for each worker, whatever the size of the file. Whoever runs this is the
actor of the domain that is converted from: pseudonyms stand in the clear in a worker, for a moment.
"""
