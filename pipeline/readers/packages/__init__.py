"""Zip packages of XML and their parts: Word documents, workbooks, OFD."""
