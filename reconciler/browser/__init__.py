"""Selenium and headless Chromium: sessions, their driver, and the pool that lists share."""
