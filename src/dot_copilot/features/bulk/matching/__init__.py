"""From the name, the text and the barcode of a scan to whose it is and what it proves. Pure."""
