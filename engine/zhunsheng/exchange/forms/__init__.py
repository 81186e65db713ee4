"""Self-evaluation forms as people file them: Word, Excel and text tables in, documents out, and back again."""
