"""From bytes to rows of cells: CSV and XLSX, streaming, with hostile files in mind. Knows nothing of drivers."""
