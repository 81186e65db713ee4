"""Populations on disk: documents by the million read in batches, judged in all processes, written so that a stop loses nothing."""
