"""Indicators on a page: drawn as bars or lines (`drawing`), and told in words beside that (`words`)."""
