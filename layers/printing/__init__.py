"""A document of headings, paragraphs, tables and pictures, written as HTML, Word and PDF."""
