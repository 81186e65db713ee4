"""What goes out: the form with its scores, the self-evaluation report, the re-check report, a filed form with comments."""
